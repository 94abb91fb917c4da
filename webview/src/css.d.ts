/** esbuild turns an imported stylesheet into dist/webview.css. */
declare module '*.css';

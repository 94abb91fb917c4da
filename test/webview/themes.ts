/** The theme variables that VS Code sets in a webview, of its default light, dark and high-contrast themes. */
export interface WebviewTheme {
  readonly name: string;
  readonly classes: string;
  readonly variables: { readonly [name: string]: string };
}

export const webviewThemes: readonly WebviewTheme[] = [
  {
    name: 'light',
    classes: 'vscode-light',
    variables: {
      foreground: '#3b3b3b',
      'editor-background': '#ffffff',
      descriptionForeground: '#3b3b3b',
      'panel-border': '#e5e5e5',
      focusBorder: '#005fb8',
      'input-background': '#ffffff',
      'input-foreground': '#3b3b3b',
      'input-border': '#cecece',
      'button-secondaryBackground': '#e5e5e5',
      'button-secondaryForeground': '#3b3b3b',
      'editorHoverWidget-background': '#f8f8f8',
      'editorHoverWidget-foreground': '#3b3b3b',
      'editorHoverWidget-border': '#c8c8c8',
    },
  },
  {
    name: 'dark',
    classes: 'vscode-dark',
    variables: {
      foreground: '#cccccc',
      'editor-background': '#1f1f1f',
      descriptionForeground: '#9d9d9d',
      'panel-border': '#2b2b2b',
      focusBorder: '#0078d4',
      'input-background': '#313131',
      'input-foreground': '#cccccc',
      'input-border': '#3c3c3c',
      'button-secondaryBackground': '#313131',
      'button-secondaryForeground': '#cccccc',
      'editorHoverWidget-background': '#202020',
      'editorHoverWidget-foreground': '#cccccc',
      'editorHoverWidget-border': '#454545',
    },
  },
  {
    name: 'high-contrast',
    classes: 'vscode-high-contrast',
    variables: {
      foreground: '#ffffff',
      'editor-background': '#000000',
      descriptionForeground: '#ffffff',
      'panel-border': '#6fc3df',
      focusBorder: '#f38518',
      contrastBorder: '#6fc3df',
      'input-background': '#000000',
      'input-foreground': '#ffffff',
      'input-border': '#6fc3df',
      'editorHoverWidget-background': '#0c141f',
      'editorHoverWidget-foreground': '#ffffff',
      'editorHoverWidget-border': '#6fc3df',
    },
  },
  {
    name: 'high-contrast-light',
    classes: 'vscode-high-contrast vscode-high-contrast-light',
    variables: {
      foreground: '#292929',
      'editor-background': '#ffffff',
      descriptionForeground: '#292929',
      'panel-border': '#0f4a85',
      focusBorder: '#006bbd',
      contrastBorder: '#0f4a85',
      'input-background': '#ffffff',
      'input-foreground': '#292929',
      'input-border': '#0f4a85',
      'editorHoverWidget-background': '#ffffff',
      'editorHoverWidget-foreground': '#292929',
      'editorHoverWidget-border': '#0f4a85',
    },
  },
];

/** A figure with its band in brackets, set lighter than the figure. */
export function Banded({ text }: { readonly text: string }) {
  const [, figure, band, rest] = /^(.*?)( \([^)]*\))(.*)$/.exec(text) ?? [];
  if (band === undefined) return <>{text}</>;
  return (
    <>
      {figure}
      <span class="band">{band}</span>
      {rest}
    </>
  );
}

/** A figure with its band in brackets, which gives way first where there is little room and is then under the pointer. */
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

/** A figure with its band in brackets, which gives way first where there is little room and is then under the pointer. */
export function Banded({ text }: { readonly text: string }) {
  const at = text.indexOf(' (');
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <span class="band">{text.slice(at)}</span>
    </>
  );
}

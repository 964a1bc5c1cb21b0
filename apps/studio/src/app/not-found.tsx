/**
 * What stands where there is no page.
 *
 * @module
 */
const base = process.env["NEXT_PUBLIC_BASE_PATH"] ?? "";

export default function NotFound() {
  return (
    <main className="alone">
      <h1>There is nothing here.</h1>
      <a href={`${base}/`}>To the studio</a>
    </main>
  );
}

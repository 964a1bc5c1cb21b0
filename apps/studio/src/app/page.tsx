/**
 * The page: the studio, once the browser runs it.
 *
 * @module
 */
import { App } from "../screen/App.tsx";

export default function Page() {
  return <App />;
}

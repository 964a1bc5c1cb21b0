import { Melody } from "./melody";

export default function Page() {
  return <Melody />;
}

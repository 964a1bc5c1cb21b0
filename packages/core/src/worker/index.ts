export {
  type CancelSignal,
  type Client,
  type ClientOptions,
  connect,
  type RequestOptions,
} from "./connect.ts";
export type { Exchange, Exchanges, Port, ProgressOf } from "./messages.ts";
export { type Handlers, serve, type Task } from "./serve.ts";

import { project } from "../../vitest.base.ts";

export default project("@normflow/backend-tfjs");

import { unreachable } from "../core/unreachable.ts";
import { openFiles } from "./files/open-connection.ts";
import { openHttp } from "./http/open-connection.ts";
import { openSqlite } from "./sqlite/open-connection.ts";
import type { Connection, ConnectionOptions } from "./types.ts";

/** Opens a system through its descriptor, by its driver. Nothing is sent or read before the first call needs it. */
export function openConnection(options: ConnectionOptions): Connection {
  const { connector } = options.system;
  switch (connector.driver) {
    case "http":
      return openHttp({ ...options, system: { ...options.system, connector } });
    case "sqlite":
      return openSqlite({ ...options, system: { ...options.system, connector } });
    case "files":
      return openFiles({ ...options, system: { ...options.system, connector } });
    default:
      return unreachable(connector);
  }
}

import type { LookupFunction } from "node:net";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { HttpTargetError } from "./errors.ts";
import { registerSecret } from "./redact.ts";
import type { Target } from "./target.ts";
import { tlsOptions } from "./tls.ts";

/** Connections to one target, and how they are made. */
export interface Transport {
  dispatcher: Dispatcher;
  /** Host and port of the proxy that the environment names, if any; `no_proxy` may still exempt the target. */
  proxy: string | undefined;
  destroy(): Promise<void>;
}

/** Options of a dispatch that `noteSending` knows: called when the request is about to be written to a socket. */
export interface SendingOptions {
  onSending?: () => void;
}

export function transportTo(
  target: Target,
  options: {
    caFile: string | undefined;
    concurrency: number;
    env: Readonly<Record<string, string | undefined>>;
    /** How the target's name is looked up, where no proxy does it. Default: by the system. */
    lookup?: LookupFunction;
  },
): Transport {
  const tls = tlsOptions(options.caFile);
  // Our own deadlines bound every request as a whole; undici's are only idle timeouts.
  const connect = options.lookup === undefined ? tls : { ...tls, lookup: options.lookup };
  const common = { connections: options.concurrency, headersTimeout: 0, bodyTimeout: 0, allowH2: false, connect };
  const proxy = target.loopback ? undefined : proxyOf(options.env);
  const agent = proxy
    ? new EnvHttpProxyAgent({ ...common, ...proxy.settings, requestTls: tls, proxyTls: tls })
    : new Agent(common);
  return {
    dispatcher: agent.compose(noteSending),
    proxy: proxy?.host,
    destroy: () => agent.destroy(),
  };
}

/**
 * The proxy for an https target; lower-case names win, as everywhere. Loopback never goes through a proxy: there
 * plain http is allowed, and a proxy would carry it, credentials and all, over the network.
 */
function proxyOf(env: Readonly<Record<string, string | undefined>>) {
  const [name, value] =
    ["https_proxy", "HTTPS_PROXY"].map((key) => [key, env[key]] as const).find(([, value]) => value) ?? [];
  if (!name || !value) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new HttpTargetError(`${name} is not an http(s) URL of a proxy`);
  if (url.password !== "") {
    registerSecret(url.password);
    registerSecret(decodeURIComponent(url.password));
  }
  const noProxy = env.no_proxy || env.NO_PROXY || "";
  return { settings: { httpsProxy: value, httpProxy: "", noProxy }, host: url.host };
}

/** undici tells a handler, but not the caller of `request`, when it begins to write. Retries depend on knowing it. */
const noteSending: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, {
    onRequestStart(controller, context) {
      (options as SendingOptions).onSending?.();
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  });

/** A refusal, in the API's own form. `parameters` fill the detail's gaps; clients read them, so they are kept. */
export class AtlasError extends Error {
  readonly status: number;
  readonly code: string;
  readonly parameters: unknown[];
  readonly headers: Record<string, string>;
  readonly fields: { field: string; description: string }[] | undefined;

  constructor(
    status: number,
    code: string,
    detail: string,
    extra: {
      parameters?: unknown[];
      headers?: Record<string, string>;
      fields?: { field: string; description: string }[];
    } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.parameters = extra.parameters ?? [];
    this.headers = extra.headers ?? {};
    this.fields = extra.fields;
  }
}

const reasons: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  410: "Gone",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** A 404 would say that the real API has no such resource, or that an object is gone. */
export function notEmulated(method: string, path: string): AtlasError {
  return new AtlasError(501, "EMULATOR_UNSUPPORTED", `The emulator does not emulate ${method} ${path}.`);
}

/** The body of a refusal, its keys in the recorded order. */
export function errorBody(status: number, errorCode: string, detail: string, parameters: unknown[]) {
  return { detail, error: status, errorCode, parameters, reason: reasons[status] ?? "" };
}

/** Errors are plain JSON whatever version was asked for, and carry their code in a header too. */
export function errorResponse(error: AtlasError, headers: Record<string, string> = {}): Response {
  const body = errorBody(error.status, error.code, error.message, error.parameters);
  return new Response(
    JSON.stringify(error.fields === undefined ? body : { badRequestDetail: { fields: error.fields }, ...body }),
    {
      status: error.status,
      headers: { ...headers, ...error.headers, "Content-Type": "application/json", "X-Error-Code": error.code },
    },
  );
}

export function notFound(code: string, detail: string, ...parameters: unknown[]): AtlasError {
  return new AtlasError(404, code, detail, { parameters });
}

export function conflict(code: string, detail: string, ...parameters: unknown[]): AtlasError {
  return new AtlasError(409, code, detail, { parameters });
}

export function badRequest(code: string, detail: string, ...parameters: unknown[]): AtlasError {
  return new AtlasError(400, code, detail, { parameters });
}

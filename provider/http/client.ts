import type { HttpClientOptions, HttpRequest, HttpResponse } from "./types.ts";

export class HttpClient {
  readonly baseUrl: string;

  constructor(options: HttpClientOptions) {
    this.baseUrl = options.baseUrl;
  }

  async request<T = unknown>(_request: HttpRequest): Promise<HttpResponse<T>> {
    throw new Error("not there yet");
  }

  async close(): Promise<void> {}
}

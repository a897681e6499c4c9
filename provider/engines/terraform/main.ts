import { serve } from "./plugin/serve.ts";

/** What Terraform starts. The handlers are loaded while it connects. */
await serve(async () => (await import("./handlers.ts")).providerHandlers());

import { serve } from "./plugin/serve.ts";

/**
 * The entry point that Terraform starts. It loads the handlers while Terraform connects. A CommonJS bundle cannot use a
 * top-level await.
 */
void serve(async () => (await import("./handlers.ts")).providerHandlers());

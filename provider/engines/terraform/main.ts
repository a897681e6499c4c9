import { serve } from "./plugin/serve.ts";

/** What Terraform starts. The handlers are loaded while it connects. Not awaited: a bundle in CommonJS could not wait. */
void serve(async () => (await import("./handlers.ts")).providerHandlers());

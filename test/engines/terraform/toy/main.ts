import { serve } from "../../../../provider/engines/terraform/plugin/serve.ts";

/** `TOY_BROKEN`: a provider that cannot be loaded. */
void serve(async () => {
  console.log("printed while the provider is loaded");
  if (process.env.TOY_BROKEN) throw new Error(process.env.TOY_BROKEN);
  return (await import("./handlers.ts")).handlers;
});

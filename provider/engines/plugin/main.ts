import { serve } from "./serve.ts";

/** The program that Pulumi starts. Not awaited, because a bundle in CommonJS cannot wait. */
void serve();

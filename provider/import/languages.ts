import type { Language } from "./language.ts";
import { terraform } from "./terraform.ts";
import { typescript } from "./typescript.ts";
import { yaml } from "./yaml.ts";

/** Every language that an import can write, by the value of `--language`. */
export const languages: Readonly<Record<string, Language>> = { typescript, yaml, terraform };

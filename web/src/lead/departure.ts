// The forms in which something leaves a case.

export const DOSSIERS = ["pdf", "bundle"] as const;
export const EXPORTS = ["case", "ftm", "i2", "csv", "parquet"] as const;
export const FORMS = [...DOSSIERS, ...EXPORTS] as const;

export type DossierForm = (typeof DOSSIERS)[number];
export type ExportForm = (typeof EXPORTS)[number];
export type Form = DossierForm | ExportForm;

export function isDossier(form: Form): form is DossierForm {
  return (DOSSIERS as readonly string[]).includes(form);
}

export function isForm(text: string): text is Form {
  return (FORMS as readonly string[]).includes(text);
}

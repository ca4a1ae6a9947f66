// Short names for what the server answers with.

import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
export type Seat = Schemas["Seat"];
export type Ways = Schemas["Ways"];
export type LeadsPage = Schemas["LeadsPage"];
export type LeadRow = Schemas["Row"];
export type LeadPage = Schemas["LeadPage"];
export type Lead = Schemas["Lead"];
export type Evidence = Schemas["Evidence"];
export type Gate = Schemas["Gate"];
export type GateStanding = Schemas["GateStanding"];
export type Hypothesis = Schemas["HypothesisFinding"];
export type Line = Schemas["LineFinding"];
export type Proof = Schemas["Proof"];
export type ProofItem = Schemas["ProofItem"];
export type ProofRecord = Schemas["ProofRecord"];
export type ProofValue = Schemas["ProofValue"];
export type Overview = Schemas["Overview"];
export type Source = Schemas["Source"];
export type Verified = Schemas["Verified"];
export type StepPage = Schemas["StepPage"];
export type StagePage = Schemas["StagePage"];
export type LiveEvent = Schemas["Event"];
export type Job = Schemas["Job"];
export type JobResult = NonNullable<Job["result"]>;
export type IntakeRow = Schemas["IntakeRow"];
export type PlanPage = Schemas["PlanPage"];
export type RequestRow = Schemas["RequestRow"];
export type ReplyFinding = Schemas["ReplyFinding"];
export type BasisPage = Schemas["BasisPage"];
export type PersonRow = Schemas["PersonRow"];
export type RoleName = Schemas["RoleName"];
export type Outcome = LeadRow["outcome"];
export type Signing = LeadRow["signing"];
export type Certainty = LeadRow["certainty"];
export type Urgency = LeadRow["urgency"];
export type GateSigning = GateStanding["signing"];
export type GateName = Schemas["NewSignOff"]["gate"];
export type Decision = Schemas["NewSignOff"]["decision"];

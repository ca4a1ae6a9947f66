// Short names for what the server answers with.

import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
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
export type Outcome = LeadRow["outcome"];
export type Signing = LeadRow["signing"];
export type Certainty = LeadRow["certainty"];
export type Urgency = LeadRow["urgency"];
export type GateSigning = GateStanding["signing"];
export type GateName = Schemas["NewSignOff"]["gate"];
export type Decision = Schemas["NewSignOff"]["decision"];
export type GraphNode = Schemas["GraphNode"];
export type GraphTie = Schemas["GraphTie"];
export type GraphAnswer = Schemas["Graph"];
export type Opened = Schemas["Opened"];
export type KindTotal = Schemas["KindTotal"];
export type PathAnswer = Schemas["Path"];
export type TiePage = Schemas["TiePage"];
export type Neighbours = Schemas["Neighbours"];
export type Timeline = Schemas["Timeline"];
export type TimeLane = Schemas["TimeLane"];
export type TimeEvent = Schemas["TimeEvent"];
export type FlowAnswer = Schemas["FlowPage"];
export type FlowRow = Schemas["FlowRow"];
export type MoneyAnswer = Schemas["Money"];
export type AccountPatterns = Schemas["AccountPatterns"];
export type MapAnswer = Schemas["Map"];

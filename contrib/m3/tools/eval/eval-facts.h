// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_FACTS_H
#define M3_EVAL_FACTS_H

#include "eval-answers.h"
#include "eval-options.h"

namespace ns3::m3::eval
{

/// Returns where answers come from: command, commits, machines, flows, mode, seeds, matrices, models.
Provenance ProvenanceOf(const EvalOptions& options, const EvalAnswers& all);

} // namespace ns3::m3::eval

#endif // M3_EVAL_FACTS_H

// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_FACTS_H
#define M3_EVAL_FACTS_H

#include "eval-run.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// Where answers come from: name and value of command, commits, machines, flows, mode, seeds, matrices, models.
std::vector<std::pair<std::string, std::string>> FactsOf(const EvalOptions& options, const EvalAnswers& all);

} // namespace ns3::m3

#endif // M3_EVAL_FACTS_H

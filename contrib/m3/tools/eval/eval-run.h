// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_RUN_H
#define M3_EVAL_RUN_H

#include "eval-answers.h"
#include "eval-options.h"

#include <vector>

namespace ns3::m3::eval
{

/**
 * Runs what is not kept yet, in the order of the cases, `processes` at a time; each answer is kept as soon as it is
 * there. A failed run is reported on standard error, and the others go on.
 * \param engines the packet engine and at least one more
 * \throws InputError for damaged files, and for answers to a case that are of different flows
 */
EvalAnswers RunCases(const EvalOptions& options, std::vector<EvalCase> cases, std::vector<EvalEngine> engines);

/// Reports missing answers, if there are any. \return exit code
int ExitCode(const EvalOptions& options, const EvalAnswers& answers);

} // namespace ns3::m3::eval

#endif // M3_EVAL_RUN_H

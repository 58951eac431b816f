// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_RUN_H
#define M3_EVAL_RUN_H

#include "eval-options.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// Cases, engines and what these answered.
struct EvalAnswers
{
    std::vector<EvalCase> cases;
    std::vector<EvalEngine> engines;
    std::vector<std::vector<std::optional<EvalAnswer>>> answers; //!< by case and engine; those that there are
    std::vector<std::pair<std::string, std::string>> facts;      //!< where they come from: name and value of each
    std::size_t missing = 0;                                     //!< answers

    /// Index of an engine. \return the number of engines if it is not among them
    std::size_t EngineIndex(const std::string& name) const;
    /// \return nullptr if it is missing. \param engine its index
    const EvalAnswer* Find(std::size_t oneCase, std::size_t engine) const;
    /// Cases with all answers, of a group or of all ("").
    std::vector<std::size_t> Complete(const std::string& group = "") const;
    /// Groups of complete cases, in order.
    std::vector<std::string> Groups() const;
};

/**
 * Runs what is not kept yet, in the order of the cases, `processes` at a time; each answer is kept as soon as it is
 * there. What fails is said on standard error, and the rest goes on.
 * \param engines packets, and at least one more
 * \throws InputError for damaged files, and for answers to a case that are of different flows
 */
EvalAnswers RunCases(const EvalOptions& options, std::vector<EvalCase> cases, std::vector<EvalEngine> engines);

/// Says what is missing, if anything. \return exit code
int ExitCode(const EvalOptions& options, const EvalAnswers& answers);

} // namespace ns3::m3

#endif // M3_EVAL_RUN_H

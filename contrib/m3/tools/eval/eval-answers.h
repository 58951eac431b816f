// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_ANSWERS_H
#define M3_EVAL_ANSWERS_H

#include "eval-answer.h"
#include "eval-provenance.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3::m3::eval
{

/// Cases, engines and their answers.
struct EvalAnswers
{
    std::vector<EvalCase> cases;
    std::vector<EvalEngine> engines;
    std::vector<std::vector<std::optional<EvalAnswer>>> answers; //!< by case and engine; empty where one is missing
    Provenance provenance;                                       //!< their origin
    std::size_t missing = 0;                                     //!< number of missing answers

    /// Index of an engine. \return the number of engines if it is not among them
    std::size_t EngineIndex(const std::string& name) const;
    /// \return nullptr if it is missing. \param engine its index
    const EvalAnswer* Find(std::size_t oneCase, std::size_t engine) const;
    /// Returns the cases with all answers, of a group or of all ("").
    std::vector<std::size_t> Complete(const std::string& group = "") const;
    /// Returns the groups of complete cases, in order.
    std::vector<std::string> Groups() const;
};

} // namespace ns3::m3::eval

#endif // M3_EVAL_ANSWERS_H

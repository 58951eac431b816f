// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_SUITES_H
#define M3_EVAL_SUITES_H

#include "eval-suite.h"

#include <memory>

namespace ns3::m3::eval
{

// The commands of m3-eval, each with its options.

std::unique_ptr<Command> MakeDrawn();          //!< Scenarios drawn from the published ranges.
std::unique_ptr<Command> MakeAbroad();         //!< Kinds of scenarios beyond the published ones.
std::unique_ptr<Command> MakeSensitivity();    //!< The scenarios of a list with published errors.
std::unique_ptr<Command> MakeLarge();          //!< The published network of 6,144 hosts.
std::unique_ptr<Command> MakeCounterfactual(); //!< Curves over a parameter of the congestion control.
std::unique_ptr<Command> MakePaths();          //!< Numbers of sampled paths.
std::unique_ptr<Command> MakeFlows();          //!< Completion times of single flows.
std::unique_ptr<Command> MakePage();           //!< The page of results.

} // namespace ns3::m3::eval

#endif // M3_EVAL_SUITES_H

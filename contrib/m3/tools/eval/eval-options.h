// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_OPTIONS_H
#define M3_EVAL_OPTIONS_H

#include "eval-answer.h"

#include "ns3/m3-output-paths.h"
#include "ns3/m3-program-options.h"

#include <string>
#include <vector>

namespace ns3::m3::eval
{

/// Options of every suite.
struct EvalOptions
{
    std::string engines;   //!< as ParseEvalEngines
    EvalRun run;           //!< checkpoint, threads
    std::string keep;      //!< folder of answers
    std::string out;       //!< folder of results
    std::string page;      //!< Markdown file
    std::string matrices;  //!< files of published ones, "A=FILE,B=FILE"
    bool onlyKept = false; //!< run nothing
    std::string command;   //!< the command line, for the page
};

inline constexpr uint64_t MAX_EVAL_FLOWS = 1'000'000'000; //!< of a scenario

/// Adds the options of all suites. \param options with the suite's defaults
void AddEvalOptions(ProgramOptions& program, EvalOptions& options);

/// Adds the options for keeping and sharing runs.
void AddKeepOptions(ProgramOptions& program, EvalOptions& options);

/// Adds the options of drawn cases. \param drawing with the suite's defaults
void AddDrawingOptions(ProgramOptions& program, Drawing& drawing);

/// Adds --mode. \param text its help
void AddModeOption(ProgramOptions& program, const char* text, std::string& mode);

/// Returns the command line of a suite for a page, with absolute paths reduced to file names.
std::string EvalCommand(int argc, char* argv[]);

/// Returns the engines that `engines` names; the first must be the packet engine. \throws InputError
std::vector<EvalEngine> EnginesAgainstPackets(const EvalOptions& options);

/// Replaces matrices of the module by the files of `matrices`. \throws InputError, also for a file that is no matrix
void SetMatrices(const EvalOptions& options, std::vector<EvalCase>& cases);

/// Checks that results can be written. \throws InputError, also if there is a page but no folder for its tables and
/// pictures
void CheckOutput(const EvalOptions& options, OutputPaths& paths);

} // namespace ns3::m3::eval

#endif // M3_EVAL_OPTIONS_H

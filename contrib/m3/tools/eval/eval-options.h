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

/// What every suite takes.
struct EvalOptions
{
    std::string engines;   //!< as ParseEvalEngines
    EvalRun run;           //!< checkpoint, threads
    std::string keep;      //!< folder of answers
    std::string out;       //!< folder of results
    std::string page;      //!< Markdown file
    std::string matrices;  //!< files of published ones, "A=FILE,B=FILE"
    bool onlyKept = false; //!< run nothing
    std::string command;   //!< this one, as the page says it
};

inline constexpr uint64_t MAX_EVAL_FLOWS = 1'000'000'000; //!< of a scenario

/// Adds options for what all suites take. \param options with the suite's defaults
void AddEvalOptions(ProgramOptions& program, EvalOptions& options);

/// Adds options for keeping and sharing runs, for a suite that does so.
void AddKeepOptions(ProgramOptions& program, EvalOptions& options);

/// Adds options for cases that are drawn. \param drawing with the suite's defaults
void AddDrawingOptions(ProgramOptions& program, Drawing& drawing);

/// Adds --mode. \param text its help
void AddModeOption(ProgramOptions& program, const char* text, std::string& mode);

/// The command line of a suite as a page says it; files are named without the folders of an absolute path.
std::string EvalCommand(int argc, char* argv[]);

/// Engines that `engines` names, the first of which must be packets. \throws InputError
std::vector<EvalEngine> EnginesAgainstPackets(const EvalOptions& options);

/// Puts the files of `matrices` in the place of the module's. \throws InputError, also for a file that is no matrix
void SetMatrices(const EvalOptions& options, std::vector<EvalCase>& cases);

/// Checks that results can be written. \throws InputError, also if there is a page but no folder for its tables and
/// pictures
void CheckOutput(const EvalOptions& options, OutputPaths& paths);

} // namespace ns3::m3::eval

#endif // M3_EVAL_OPTIONS_H

// SPDX-License-Identifier: GPL-2.0-only
#include "eval-options.h"

#include "tools/scenario-facts.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"
#include "workload/traffic-matrix.h"

#include <algorithm>
#include <map>

namespace ns3::m3::eval
{

namespace
{

/// Returns a word of a command line with absolute paths reduced to file names.
std::string WithoutFolders(const std::string& word)
{
    std::string text;
    for (std::size_t i = 0; i < word.size(); i++)
    {
        if (word[i] == '/' && i > 0 && (word[i - 1] == '=' || word[i - 1] == ','))
        {
            const std::size_t end = std::min(word.find(',', i), word.size());
            i = word.rfind('/', end - 1);
            continue;
        }
        text += word[i];
    }
    return text;
}

/// "A=FILE,B=FILE" by name.
std::map<std::string, std::string> ReadMatrices(const std::string& text)
{
    std::map<std::string, std::string> files;
    for (const std::string& part : SplitList(text))
    {
        const std::size_t equals = part.find('=');
        const std::string name = part.substr(0, equals);
        if (equals == std::string::npos || (name != "A" && name != "B" && name != "C"))
        {
            throw InputError("--matrices must be as in A=FILE,B=FILE, is " + text);
        }
        files[name] = part.substr(equals + 1);
        ReadRackWeights(files[name]);
    }
    return files;
}

} // namespace

void AddEvalOptions(ProgramOptions& program, EvalOptions& options)
{
    constexpr uint64_t MAX_THREADS = 4096;
    program.Add("engines",
                EngineOfRole(EngineRole::TRUTH) +
                    ", then the engines to compare with it, separated by commas; engines are " + EngineNames(),
                options.engines,
                "NAME,NAME");
    program.Add("checkpoint", "model checkpoint (default: the one that is shipped)", options.run.checkpoint, "FILE");
    program.Add("published-checkpoint",
                "model checkpoint of the published method (default: the one that is shipped)",
                options.run.publishedCheckpoint,
                "FILE");
    program.Add("threads",
                "number of threads of a run (0: the processors divided by --processes)",
                options.run.threads,
                CountOption(0, MAX_THREADS));
    program.Add("matrices",
                "files of traffic matrices instead of the module's, as in A=FILE,B=FILE",
                options.matrices,
                "NAME=FILE");
    program.AddFormerName("matrix", "matrices");
    program.Add("out", "folder for tables as CSV, result.json and pictures", options.out, "FOLDER");
    program.Add("page", "Markdown file to update with the results", options.page, "FILE");
}

void AddKeepOptions(ProgramOptions& program, EvalOptions& options)
{
    constexpr uint64_t MAX_PROCESSES = 4096;
    program.Add(
        "keep",
        "folder where finished runs are kept; a kept run is not repeated, so an interrupted evaluation continues "
        "(default: kept in --out)",
        options.keep,
        "FOLDER");
    program.Add("only-kept", "run nothing; make results from kept runs", options.onlyKept);
    program.Add("processes", "number of runs at a time", options.run.processes, CountOption(1, MAX_PROCESSES));
}

void AddDrawingOptions(ProgramOptions& program, Drawing& drawing)
{
    program.Add("scenarios", "number of scenarios for each control", drawing.scenarios, CountOption(1));
    program.Add("count", "number of flows of a scenario", drawing.flows, CountOption(1, MAX_EVAL_FLOWS));
    program.Add("cc", "congestion controls, separated by commas", drawing.controls, "NAME,NAME");
    program.Add("seed", "seed of the scenarios", drawing.seed, CountOption());
}

void AddModeOption(ProgramOptions& program, const char* text, std::string& mode)
{
    program.Add("mode", text, mode, ChoiceOption({"standard", "hpcc"}));
}

std::string EvalCommand(int argc, char* argv[])
{
    std::vector<std::string> words;
    for (int i = 0; i < argc; i++)
    {
        words.push_back(WithoutFolders(argv[i]));
    }
    std::vector<char*> pointers;
    for (std::string& word : words)
    {
        pointers.push_back(word.data());
    }
    return CommandText(argc, pointers.data());
}

std::vector<EvalEngine> EnginesAgainstPackets(const EvalOptions& options)
{
    std::vector<EvalEngine> engines = ParseEvalEngines(options.engines);
    const std::string truth = EngineOfRole(EngineRole::TRUTH);
    if (engines.front().engine != truth)
    {
        throw InputError("--engines must begin with " + truth + ", which the others are compared with");
    }
    return engines;
}

void SetMatrices(const EvalOptions& options, std::vector<EvalCase>& cases)
{
    const std::map<std::string, std::string> files = ReadMatrices(options.matrices);
    for (EvalCase& one : cases)
    {
        const auto file = files.find(one.workload.matrix);
        one.workload.matrix = file == files.end() ? one.workload.matrix : file->second;
    }
}

void CheckOutput(const EvalOptions& options, OutputPaths& paths)
{
    if (!options.page.empty() && options.out.empty())
    {
        throw InputError("--page needs --out");
    }
    paths.AddFolder(options.out);
    paths.AddFile(options.page);
}

} // namespace ns3::m3::eval

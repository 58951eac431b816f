// SPDX-License-Identifier: GPL-2.0-only
#include "eval-pictures.h"
#include "eval-suites.h"
#include "eval-tables.h"

#include "ns3/m3-ns3-arguments.h"

namespace ns3::m3
{

namespace
{

struct Options
{
    EvalOptions eval;
    uint32_t scenarios = 8;
    uint64_t count = 50'000;
    std::string controls = "dctcp,dcqcn,hpcc,timely";
    uint64_t seed = 1;
    bool published = false;
    bool rerun = false;
};

int Run(Options options)
{
    options.eval.engines += options.published ? ",published" : "";
    options.eval.engines += options.rerun ? ",rerun" : "";
    const std::vector<EvalCase> cases = DrawCases(options.controls, options.scenarios, options.count, options.seed);
    const EvalAnswers all = RunCases(options.eval, cases, EnginesAgainstPackets(options.eval));
    PrintCases(all);
    if (!all.Complete().empty())
    {
        EvalResult result{
            "drawn",
            "Scenarios drawn from the published ranges",
            "256 hosts in 32 racks; matrix, sizes, oversubscription, burstiness, load, window and "
            "parameters of the congestion control are drawn from the ranges of the m3 paper.",
            all.facts,
            {OverallTable(all), ClassTable(all), TimeTable(all), WorstTable(all), ScenariosTable(all), RowsTable(all)},
            {}};
        AddErrorPictures(all, result);
        result.pictures.push_back(SlowdownCurves(all, WorstFirst(all).front(), "worst"));
        WriteResult(result, options.eval.out, options.eval.page);
    }
    return ExitCode(options.eval, all);
}

} // namespace

int MainOfDrawn(int argc, char* argv[])
{
    Options options;
    options.eval.engines = "packet,flowsim,m3";
    options.eval.command = EvalCommand(argc, argv);
    ProgramOptions program("Scenarios drawn from the published ranges.");
    program.Add("scenarios", "how many for each control", options.scenarios, CountOption(1));
    program.Add("count", "flows in each", options.count, CountOption(1, MAX_EVAL_FLOWS));
    program.Add("cc", "controls, separated by commas", options.controls, "NAME,NAME");
    program.Add("seed", "of the drawing of scenarios", options.seed, CountOption());
    program.Add("published", "also the engine published", options.published);
    program.Add("rerun", "also the engine rerun", options.rerun);
    AddEvalOptions(program, options.eval);
    return ParseArguments(program, argc, argv) ? Run(options) : 0;
}

} // namespace ns3::m3

// SPDX-License-Identifier: GPL-2.0-only
#include "eval-facts.h"

#include <filesystem>
#include <functional>
#include <map>
#include <set>

namespace ns3::m3::eval
{

namespace
{

/// Describes a matrix in one line.
std::string MatrixText(const std::string& name, const std::string& file)
{
    if (file == name)
    {
        return "the module's own table (contrib/m3/traces, rounded to three digits)";
    }
    return std::filesystem::path(file).filename().string() + " (content " + HashOfFile(file) + ")";
}

/// Lists the values of a property of answers, with the number of runs of each where they differ, and their engines if
/// `ofEngines`:
/// "a (12 runs); b (30 runs)", "a (12 runs of packet, m3); b (30 runs of parsimon)".
std::string Tally(const EvalAnswers& all, const std::function<std::string(const EvalAnswer&)>& say, bool ofEngines)
{
    struct Said
    {
        std::size_t runs = 0;
        std::set<std::size_t> engines; // places in `all`
    };

    std::map<std::string, Said> tally;
    for (std::size_t c = 0; c < all.cases.size(); c++)
    {
        for (std::size_t e = 0; e < all.engines.size(); e++)
        {
            if (const EvalAnswer* answer = all.Find(c, e))
            {
                Said& said = tally[say(*answer)];
                said.runs++;
                said.engines.insert(e);
            }
        }
    }
    std::string text;
    for (const auto& [value, said] : tally)
    {
        text += (text.empty() ? "" : "; ") + value;
        if (tally.size() == 1)
        {
            continue;
        }
        text += " (" + std::to_string(said.runs) + " runs";
        for (const std::size_t engine : said.engines)
        {
            text += !ofEngines ? "" : (engine == *said.engines.begin() ? " of " : ", ") + all.engines[engine].name;
        }
        text += ")";
    }
    return text;
}

/// Flows without a slowdown, by engine; "" if there are none.
std::string UnfinishedText(const EvalAnswers& all)
{
    std::string text;
    for (std::size_t e = 0; e < all.engines.size(); e++)
    {
        uint64_t flows = 0;
        std::size_t cases = 0;
        for (std::size_t c = 0; c < all.cases.size(); c++)
        {
            const EvalAnswer* answer = all.Find(c, e);
            flows += answer ? answer->unfinished : 0;
            cases += answer && answer->unfinished > 0;
        }
        if (flows > 0)
        {
            text += (text.empty() ? "" : "; ") + all.engines[e].name + " " + std::to_string(flows) + " of " +
                    std::to_string(cases) + " scenarios";
        }
    }
    return text;
}

std::string Join(const std::set<std::string>& texts)
{
    std::string joined;
    for (const std::string& text : texts)
    {
        joined += (joined.empty() ? "" : "; ") + text;
    }
    return joined;
}

std::string Range(const std::set<uint64_t>& numbers)
{
    return std::to_string(*numbers.begin()) +
           (numbers.size() > 1 ? " to " + std::to_string(*numbers.rbegin()) : std::string());
}

} // namespace

Provenance ProvenanceOf(const EvalOptions& options, const EvalAnswers& all)
{
    std::set<std::string> matrices;
    std::set<uint64_t> seeds;
    std::set<uint64_t> counts;
    std::set<std::string> modes;
    std::set<std::string> checkpoints;
    for (const EvalCase& one : all.cases)
    {
        matrices.insert(one.facts.value("matrix", "uniform") + ": " +
                        MatrixText(one.facts.value("matrix", "uniform"), one.workload.matrix));
        seeds.insert(one.workload.seed);
        counts.insert(one.workload.flows);
        modes.insert(EngineModeName(one.config.mode));
    }
    for (const EvalEngine& engine : all.engines)
    {
        const Json fingerprint = Fingerprint(all.cases.front(), engine, options.run);
        if (fingerprint.contains("checkpoint"))
        {
            checkpoints.insert(fingerprint.at("scope").get<std::string>() + " (content " +
                               fingerprint.at("checkpoint").get<std::string>() + ")");
        }
    }
    const auto commit = [](const EvalAnswer& answer) { return answer.commit; };
    const auto machine = [](const EvalAnswer& answer)
    { return answer.machine + ", " + std::to_string(answer.atATime) + " runs at a time"; };
    Provenance provenance;
    provenance.command = options.command;
    provenance.commit = Tally(all, commit, false);
    provenance.machine = Tally(all, machine, true);
    provenance.flows = Range(counts);
    provenance.mode = Join(modes) + " mode";
    provenance.seeds = Range(seeds);
    provenance.matrices = Join(matrices);
    provenance.models = Join(checkpoints);
    provenance.unfinished = UnfinishedText(all);
    return provenance;
}

} // namespace ns3::m3::eval

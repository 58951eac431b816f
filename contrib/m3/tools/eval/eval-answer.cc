// SPDX-License-Identifier: GPL-2.0-only
#include "eval-answer.h"

#include "tools/provenance.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"
#include "report/report-rows.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

namespace ns3::m3::eval
{

namespace
{

constexpr int FORMAT = 1; // of kept files

/// Options of an engine in a run.
EngineOptions OptionsOf(const EvalEngine& engine, const EvalRun& run)
{
    EngineOptions options = engine.options;
    if (!run.checkpoint.empty())
    {
        options.emplace_back("checkpoint", run.checkpoint);
    }
    if (!run.publishedCheckpoint.empty())
    {
        options.emplace_back("published-checkpoint", run.publishedCheckpoint);
    }
    return options;
}

double ProcessorSeconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time)
    { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Returns a checkpoint's hash, computed when it is first asked for.
const std::string& CheckpointHash(const std::string& file)
{
    static std::map<std::string, std::string> hashes;
    auto found = hashes.find(file);
    if (found == hashes.end())
    {
        found = hashes.emplace(file, HashOfFile(file)).first;
    }
    return found->second;
}

Json NumberOrNull(double value)
{
    return std::isnan(value) ? Json() : Json(value);
}

double NumberOf(const Json& json)
{
    return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

Json ToJson(const EvalAnswer& answer)
{
    Json rows = Json::array();
    for (const EvalAnswer::Row& row : answer.rows)
    {
        Json quantiles = Json::array();
        for (const double value : row.quantiles)
        {
            quantiles.push_back(NumberOrNull(value));
        }
        rows.push_back({{"class", row.name},
                        {"flows", row.flows},
                        {"p99_low", NumberOrNull(row.p99.low)},
                        {"p99_high", NumberOrNull(row.p99.high)},
                        {"p50_low", NumberOrNull(row.p50.low)},
                        {"p50_high", NumberOrNull(row.p50.high)},
                        {"sampled_low", NumberOrNull(row.sampled.low)},
                        {"sampled_high", NumberOrNull(row.sampled.high)},
                        {"quantiles", quantiles}});
    }
    Json json = {{"rows", rows},
                 {"seconds", answer.seconds},
                 {"cpu_seconds", answer.cpuSeconds},
                 {"threads", answer.threads},
                 {"at_a_time", answer.atATime},
                 {"unfinished", answer.unfinished},
                 {"notes", answer.notes},
                 {"flows", answer.flows},
                 {"commit", answer.commit},
                 {"machine", answer.machine}};
    if (!std::isnan(answer.prediction.low))
    {
        json["prediction"] = {answer.prediction.low, answer.prediction.high};
    }
    if (answer.packetCounts)
    {
        json["packets_sent_again"] = answer.packetCounts->retransmissions;
        json["dropped_by_switches"] = answer.packetCounts->switchDrops;
        json["lost_on_links"] = answer.packetCounts->linkLosses;
    }
    return json;
}

/// \throws Json::exception
EvalAnswer FromJson(const Json& json)
{
    EvalAnswer answer;
    for (const Json& row : json.at("rows"))
    {
        answer.rows.push_back(
            {row.at("class"),
             row.at("flows"),
             {},
             {NumberOf(row.at("p99_low")), NumberOf(row.at("p99_high"))},
             {NumberOf(row.value("p50_low", Json())), NumberOf(row.value("p50_high", Json()))},
             {NumberOf(row.value("sampled_low", Json())), NumberOf(row.value("sampled_high", Json()))}});
        for (const Json& value : row.at("quantiles"))
        {
            answer.rows.back().quantiles.push_back(NumberOf(value));
        }
    }
    answer.seconds = json.at("seconds");
    answer.cpuSeconds = json.at("cpu_seconds");
    answer.threads = json.at("threads");
    answer.atATime = json.value("at_a_time", 1U); // older files lack it: one run at a time
    answer.unfinished = json.at("unfinished");
    answer.notes = json.at("notes").get<std::vector<std::string>>();
    if (json.contains("packets_sent_again"))
    {
        answer.packetCounts = {json.at("packets_sent_again"), json.at("dropped_by_switches"), json.at("lost_on_links")};
    }
    if (json.contains("prediction"))
    {
        answer.prediction = {json.at("prediction").at(0), json.at("prediction").at(1)};
    }
    answer.flows = json.at("flows");
    answer.commit = json.at("commit");
    answer.machine = json.at("machine");
    return answer;
}

} // namespace

EvalEngine ParseEvalEngine(const std::string& name)
{
    EvalEngine engine;
    engine.name = name;
    engine.engine = FindEngine(name).name;
    return engine;
}

std::vector<EvalEngine> ParseEvalEngines(const std::string& names)
{
    std::vector<EvalEngine> engines;
    for (const std::string& name : SplitList(names))
    {
        engines.push_back(ParseEvalEngine(name));
        const auto same = [&](const EvalEngine& other) { return other.name == name; };
        if (std::count_if(engines.begin(), engines.end(), same) > 1)
        {
            throw InputError("--engines names " + name + " twice");
        }
    }
    if (engines.empty())
    {
        throw InputError("--engines names no engine");
    }
    return engines;
}

double EvalAnswer::Row::At(double level) const
{
    const std::vector<double>& levels = WrittenQuantiles();
    const auto same = [level](double other) { return std::abs(other - level) < 1e-9; };
    return quantiles.at(static_cast<std::size_t>(std::find_if(levels.begin(), levels.end(), same) - levels.begin()));
}

Json Fingerprint(const EvalCase& one, const EvalEngine& engine, const EvalRun& run)
{
    Json json = Fingerprint(one);
    const std::unique_ptr<Engine> made = MakeEngine(engine.engine);
    for (const auto& [option, text] : OptionsOf(engine, run))
    {
        if (made->Has(option))
        {
            made->Set(option, text);
        }
    }
    json["engine"] = made->Info().family.empty() ? made->Info().name : made->Info().family;
    for (const auto& [option, value] : made->Choices(NetworkOf(one), one.workload.flows))
    {
        if (option == "checkpoint")
        {
            json["drawing"] = engine.seed;
            json[option] = CheckpointHash(value);
            continue;
        }
        std::string key = option;
        std::replace(key.begin(), key.end(), '-', '_');
        json[key] = Json::accept(value) ? Json::parse(value) : Json(value);
    }
    return json;
}

std::string KeptName(const Json& fingerprint)
{
    return fingerprint.at("engine").get<std::string>() + "-" + HashOf(fingerprint.dump()) + ".json";
}

EvalAnswer Answer(const EvalCase& one,
                  const EvalEngine& engine,
                  const EvalRun& run,
                  const FlowList& flows,
                  const std::function<void(double share)>& progress)
{
    M3Estimator estimator(NetworkOf(one));
    estimator.besidePackets = true;
    estimator.config = one.config;
    estimator.threads = run.threads;
    for (const auto& [option, text] : OptionsOf(engine, run))
    {
        estimator.Set(option, text);
    }
    estimator.seed = engine.seed;
    estimator.progress = [&](uint64_t done, uint64_t total)
    { progress(static_cast<double>(done) / static_cast<double>(std::max<uint64_t>(total, 1))); };
    const double begin = ProcessorSeconds();
    const SlowdownReport report = estimator.Run(engine.engine, flows);
    EvalAnswer answer;
    answer.cpuSeconds = ProcessorSeconds() - begin;
    answer.seconds = report.wallSeconds;
    answer.threads = run.threads;
    answer.atATime = run.processes;
    answer.unfinished = report.Unfinished();
    answer.notes = report.Notes();
    answer.packetCounts = report.packetCounts;
    answer.prediction = report.PredictionInterval();
    answer.flows = HashOf(flows);
    answer.commit = ProgramCommit();
    answer.machine = MachineText();
    for (const ReportRow& row : ReportRows(report))
    {
        answer.rows.push_back({row.name,
                               row.Flows(report),
                               {},
                               row.Interval(report, TAIL),
                               row.Interval(report, MEDIAN),
                               row.SamplingInterval(report, TAIL)});
        for (const double level : WrittenQuantiles())
        {
            answer.rows.back().quantiles.push_back(row.Quantile(report, level));
        }
    }
    return answer;
}

void KeepAnswer(const EvalAnswer& answer, const Json& fingerprint, const std::string& file)
{
    const Json json = ToJson(answer);
    const Json kept{{"format", FORMAT}, {"of", fingerprint}, {"answer", json}, {"checksum", HashOf(json.dump())}};
    WriteWholeFile(file, [&](std::ostream& out) { out << kept.dump() << '\n'; });
}

EvalAnswer ReadAnswer(const Json& fingerprint, const std::string& file)
{
    std::ifstream in(file);
    try
    {
        const Json kept = Json::parse(in);
        const Json& json = kept.at("answer");
        if (kept.at("format") == FORMAT && kept.at("of").dump() == fingerprint.dump() &&
            kept.at("checksum") == HashOf(json.dump()))
        {
            return FromJson(json);
        }
    }
    catch (const Json::exception&)
    {
    }
    throw InputError(file, 0, "", "is damaged; remove it, and it is made again");
}

} // namespace ns3::m3::eval

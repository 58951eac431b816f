// SPDX-License-Identifier: GPL-2.0-only
#include "evaluation.h"

#include "path-map-file.h"
#include "sample-file.h"

#include "core/in-order.h"
#include "features/feature-schema.h"
#include "ns3/m3-slowdown-report.h"
#include "report/quantile.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>

namespace ns3::m3
{

namespace
{

constexpr double NONE = std::numeric_limits<double>::quiet_NaN();
constexpr double P50 = 0.5;
constexpr double P90 = 0.9;
constexpr double P99 = 0.99;
constexpr const char* ALL_FLOWS = "all flows";
constexpr const char* KEPT_FLOWS = "kept flows"; //!< of all classes, each counted once

/// A control that networks are grouped by, and where inputs say that flows run under it.
struct ControlInput
{
    CongestionControlType control;
    uint32_t place; //!< of a one-hot input
};

constexpr std::array<ControlInput, 5> FLOW_CONTROLS = {{{CongestionControlType::DCTCP, IS_DCTCP},
                                                        {CongestionControlType::DCQCN, IS_DCQCN},
                                                        {CongestionControlType::HPCC, IS_HPCC},
                                                        {CongestionControlType::TIMELY, IS_TIMELY},
                                                        {CongestionControlType::NONE, IS_UNCONTROLLED}}};
constexpr std::array<ControlInput, 4> PATH_CONTROLS = {
    {{CongestionControlType::DCTCP, PlaceOf(PATH_SCHEMA, "DCTCP")},
     {CongestionControlType::DCQCN, PlaceOf(PATH_SCHEMA, "DCQCN")},
     {CongestionControlType::HPCC, PlaceOf(PATH_SCHEMA, "HPCC")},
     {CongestionControlType::TIMELY, PlaceOf(PATH_SCHEMA, "TIMELY")}}};
constexpr uint32_t PATH_HAS_PFC = PlaceOf(PATH_SCHEMA, "PFC on");

/// What a network is grouped by.
struct Configuration
{
    bool pfc;
    CongestionControlType control;

    /// \param inputs of a flow or path \param pfcPlace of the input that says whether PFC is on
    template <std::size_t N>
    Configuration(const float* inputs, uint32_t pfcPlace, const std::array<ControlInput, N>& controls)
        : pfc(inputs[pfcPlace] > 0),
          control(std::max_element(controls.begin(),
                                   controls.end(),
                                   [inputs](const ControlInput& a, const ControlInput& b)
                                   { return inputs[a.place] < inputs[b.place]; })
                      ->control)
    {
    }

    std::string ControlName() const
    {
        return CongestionControlName(control);
    }
};

/// Networks that a line of a table is made of.
struct Group
{
    std::string name;
    bool (*holds)(const Configuration&, CongestionControlType control);
    CongestionControlType control = CongestionControlType::NONE;
};

std::vector<Group> Groups()
{
    std::vector<Group> groups = {
        {"all", [](const Configuration&, CongestionControlType) { return true; }},
        {"PFC on", [](const Configuration& of, CongestionControlType) { return of.pfc; }},
        {"PFC off", [](const Configuration& of, CongestionControlType) { return !of.pfc; }},
    };
    for (const ControlInput& input : FLOW_CONTROLS)
    {
        groups.push_back({CongestionControlName(input.control),
                          [](const Configuration& of, CongestionControlType control) { return of.control == control; },
                          input.control});
    }
    return groups;
}

double QuantileOf(std::vector<double> values, double p)
{
    std::sort(values.begin(), values.end());
    return Quantile(values, p);
}

double MeanOf(const std::vector<double>& values)
{
    double sum = 0;
    for (double value : values)
    {
        sum += value;
    }
    return sum / static_cast<double>(values.size());
}

ErrorSummary Summarise(const std::vector<double>& errors)
{
    if (std::isnan(errors.front()))
    {
        return {NONE, NONE, NONE, NONE};
    }
    std::vector<double> absolute(errors.size());
    std::transform(errors.begin(), errors.end(), absolute.begin(), [](double error) { return std::abs(error); });
    return {MeanOf(absolute), QuantileOf(absolute, P50), QuantileOf(absolute, P90), QuantileOf(errors, P50)};
}

/// One quantile of one class of one network: relative errors.
struct QuantileError
{
    Configuration configuration;
    std::size_t sizeClass; //!< the number of classes: all of them
    double level;
    double model;
    double fluid;
};

/// One flow.
struct FlowError
{
    Configuration configuration;
    uint8_t sizeClass;
    std::array<float, CALIBRATION_LEVELS.size()> below; //!< CountsBelow() at each level
    float model;                                        //!< absolute relative error of its predicted median
    float fluid;
    float modelLoss; //!< pinball loss, mean over the levels
    float fluidLoss;
};

/// Mean pinball loss of the logarithm of a slowdown. \param predicted QUANTILES slowdowns
float PinballLoss(const float* predicted, double slowdown)
{
    double sum = 0;
    for (uint32_t k = 0; k < QUANTILES; k++)
    {
        const double error = std::log(slowdown / predicted[k]);
        sum += std::max(QuantileLevel(k) * error, (QuantileLevel(k) - 1) * error);
    }
    return static_cast<float>(sum / QUANTILES);
}

/**
 * How much of a flow counts as below the predicted quantile, 0 to 1. Of all slowdowns only the minimum, 1, is reached
 * by many flows exactly. A share of them is predicted to be there, the quantiles up to that level are 1, and such a
 * flow is as likely at any of these levels (the nonrandomized probability integral transform, Czado, Gneiting and Held,
 * Biometrics 65, 2009, equation 2).
 */
double CountsBelow(const float* predicted, double slowdown, double level)
{
    constexpr double MIN = 1;
    const double quantile = PredictedQuantile(predicted, level);
    if (slowdown > MIN || quantile > MIN)
    {
        return slowdown <= quantile ? 1 : 0;
    }
    double shareAtMin = 1;
    for (uint32_t k = QUANTILES; k-- > 0 && predicted[k] > MIN;)
    {
        shareAtMin = k ? QuantileLevel(k - 1) : 0;
    }
    return std::min(1.0, level / shareAtMin);
}

std::string ClassName(const SizeClasses& classes, std::size_t sizeClass, const char* all = ALL_FLOWS)
{
    return sizeClass == classes.Count() ? all : classes.Name(sizeClass);
}

std::vector<QuantileErrors> TableOf(const std::vector<QuantileError>& errors)
{
    const SizeClasses classes;
    std::vector<QuantileErrors> table;
    for (const Group& group : Groups())
    {
        for (std::size_t c = 0; c <= classes.Count(); c++)
        {
            for (const double level : {P50, P99})
            {
                std::vector<double> model;
                std::vector<double> fluid;
                for (const QuantileError& error : errors)
                {
                    if (error.sizeClass == c && error.level == level && group.holds(error.configuration, group.control))
                    {
                        model.push_back(error.model);
                        fluid.push_back(error.fluid);
                    }
                }
                if (!model.empty())
                {
                    table.push_back(
                        {group.name, ClassName(classes, c), level, model.size(), Summarise(model), Summarise(fluid)});
                }
            }
        }
    }
    return table;
}

std::vector<FlowErrors> TableOf(const std::vector<FlowError>& errors)
{
    const SizeClasses classes;
    std::vector<FlowErrors> table;
    for (const Group& group : Groups())
    {
        for (std::size_t c = 0; c <= classes.Count(); c++)
        {
            std::vector<double> model;
            std::vector<double> fluid;
            double modelLoss = 0;
            double fluidLoss = 0;
            std::array<double, CALIBRATION_LEVELS.size()> below{};
            for (const FlowError& error : errors)
            {
                if ((c == classes.Count() || error.sizeClass == c) && group.holds(error.configuration, group.control))
                {
                    model.push_back(error.model);
                    fluid.push_back(error.fluid);
                    modelLoss += error.modelLoss;
                    fluidLoss += error.fluidLoss;
                    for (std::size_t l = 0; l < below.size(); l++)
                    {
                        below[l] += error.below[l];
                    }
                }
            }
            if (model.empty())
            {
                continue;
            }
            const auto count = static_cast<double>(model.size());
            FlowErrors row{group.name,
                           ClassName(classes, c, KEPT_FLOWS),
                           model.size(),
                           MeanOf(model),
                           MeanOf(fluid),
                           QuantileOf(model, P90),
                           QuantileOf(fluid, P90),
                           modelLoss / count,
                           fluidLoss / count,
                           {}};
            for (std::size_t l = 0; l < below.size(); l++)
            {
                row.below[l] = below[l] / count;
            }
            table.push_back(row);
        }
    }
    return table;
}

/// Slowdown of a quantile of a class, of all classes beyond the last one.
double QuantileOf(const SlowdownReport& report, std::size_t sizeClass, double level)
{
    return sizeClass == report.Classes().Count() ? report.OverallQuantile(level)
                                                 : report.ClassQuantile(sizeClass, level);
}

/// The kind of a drawn scenario, which its description begins with; "usual" without one.
std::string KindOf(const SampleOrigin& origin)
{
    const std::size_t end = origin.scenario.find(": ");
    const std::string kind = origin.scenario.substr(0, end);
    return end == std::string::npos || kind.find(' ') != std::string::npos ? "usual" : kind;
}

std::string NameOf(const std::string& file)
{
    return std::filesystem::path(file).stem().string();
}

/// A network's flows by the packet engine, flowSim and the model.
struct NetworkReports
{
    SlowdownReport truth;
    SlowdownReport fluid;
    SlowdownReport estimate;

    std::vector<uint64_t> kept; //!< flows of each size class, then all

    /// \param classFlows flows of each size class that are counted; empty: those that were kept
    void Finish(const std::vector<uint64_t>& classFlows)
    {
        for (std::size_t c = 0; c < truth.Classes().Count(); c++)
        {
            kept.push_back(truth.FlowCount(c));
            const uint64_t counted = classFlows.empty() ? kept.back() : classFlows[c];
            for (SlowdownReport* report : {&truth, &fluid, &estimate})
            {
                report->SetFlowCount(c, counted);
            }
        }
        kept.push_back(std::accumulate(kept.begin(), kept.end(), uint64_t{0}));
        truth.Finish();
        fluid.Finish();
        estimate.Finish();
    }
};

/// Errors of a model of single flows, gathered network by network.
class FlowErrorTables
{
  public:
    /// Adds the kept flows of a network. \param predicted [flows][QUANTILES]
    void Add(const std::string& file, const TrainingSamples& samples, const std::vector<float>& predicted)
    {
        const Configuration configuration(samples.features.flow.data(), HAS_PFC, FLOW_CONTROLS);
        NetworkReports network;
        for (std::size_t i = 0; i < samples.slowdown.size(); i++)
        {
            AddFlow(configuration,
                    m_classes.ClassOf(samples.sizeBytes[i]),
                    samples.slowdown[i],
                    std::exp(samples.features.flow[i * FLOW_INPUTS + LOG_FLUID]),
                    &predicted[i * QUANTILES],
                    network);
        }
        network.Finish(samples.classFlows);
        for (std::size_t c = 0; c <= m_classes.Count(); c++)
        {
            AddClass(file, configuration, c, network);
        }
        AddHeldOut(samples, predicted, network);
    }

    /// Fills in all tables of an evaluation.
    void Finish(Evaluation& evaluation) const
    {
        evaluation.points = m_points;
        evaluation.networks = m_networks;
        evaluation.quantiles = TableOf(m_quantiles);
        evaluation.flows = TableOf(m_flows);
        for (uint32_t k = 0; k < QUANTILES && !m_flows.empty(); k++)
        {
            evaluation.calibration.emplace_back(QuantileLevel(k), m_below[k] / static_cast<double>(m_flows.size()));
        }
    }

  private:
    void AddFlow(const Configuration& configuration,
                 std::size_t sizeClass,
                 double slowdown,
                 double fluid,
                 const float* predicted,
                 NetworkReports& network)
    {
        std::array<float, QUANTILES> fluidForAll;
        fluidForAll.fill(static_cast<float>(fluid));
        network.truth.Add(sizeClass, slowdown);
        network.fluid.Add(sizeClass, fluid);
        for (uint32_t k = 0; k < QUANTILES; k++)
        {
            network.estimate.Add(sizeClass, predicted[k], QuantileWeight(k));
            m_below[k] += CountsBelow(predicted, slowdown, QuantileLevel(k));
        }
        FlowError error{configuration,
                        static_cast<uint8_t>(sizeClass),
                        {},
                        static_cast<float>(std::abs(PredictedQuantile(predicted, P50) / slowdown - 1)),
                        static_cast<float>(std::abs(fluid / slowdown - 1)),
                        PinballLoss(predicted, slowdown),
                        PinballLoss(fluidForAll.data(), slowdown)};
        for (std::size_t l = 0; l < CALIBRATION_LEVELS.size(); l++)
        {
            error.below[l] = static_cast<float>(CountsBelow(predicted, slowdown, CALIBRATION_LEVELS[l]));
        }
        m_flows.push_back(error);
    }

    /// Adds the quantiles of a size class, of all classes beyond the last one, if it has enough flows.
    void AddClass(const std::string& file,
                  const Configuration& configuration,
                  std::size_t sizeClass,
                  const NetworkReports& network)
    {
        constexpr std::size_t MIN_FLOWS = 50;
        const uint64_t flows = network.kept[sizeClass];
        if (flows < MIN_FLOWS)
        {
            return;
        }
        for (const double level : {P50, P99})
        {
            const double expected = QuantileOf(network.truth, sizeClass, level);
            m_quantiles.push_back({configuration,
                                   sizeClass,
                                   level,
                                   QuantileOf(network.estimate, sizeClass, level) / expected - 1,
                                   QuantileOf(network.fluid, sizeClass, level) / expected - 1});
        }
        m_points.push_back({NameOf(file),
                            configuration.pfc,
                            configuration.ControlName(),
                            ClassName(m_classes, sizeClass),
                            flows,
                            QuantileOf(network.truth, sizeClass, P99),
                            QuantileOf(network.estimate, sizeClass, P99),
                            QuantileOf(network.fluid, sizeClass, P99)});
    }

    /// The logarithms of packet-level quantiles over estimated ones, as HeldOutNetwork::logErrors.
    std::vector<double> LogErrorsOf(const NetworkReports& network) const
    {
        constexpr uint64_t MIN_FLOWS = 50;
        constexpr double MIN_BEYOND = 2; // flows beyond the quantile
        std::vector<double> errors;
        for (std::size_t row = 0; row <= m_classes.Count(); row++)
        {
            const auto flows = static_cast<double>(network.kept[row]);
            for (const double level : ERROR_LEVELS)
            {
                const bool isKnown = network.kept[row] >= MIN_FLOWS && flows * (1 - level) >= MIN_BEYOND;
                errors.push_back(
                    isKnown ? std::log(QuantileOf(network.truth, row, level) / QuantileOf(network.estimate, row, level))
                            : NONE);
            }
        }
        return errors;
    }

    /// Adds what the estimate is off by.
    void AddHeldOut(const TrainingSamples& samples, const std::vector<float>& predicted, const NetworkReports& network)
    {
        std::vector<double> weights;
        weights.reserve(samples.sizeBytes.size());
        for (const uint64_t size : samples.sizeBytes)
        {
            const std::size_t of = m_classes.ClassOf(size);
            weights.push_back(static_cast<double>(network.truth.FlowCount(of)) / static_cast<double>(network.kept[of]));
        }
        ProfileMeans means;
        means.Add(samples.features, predicted, weights);
        m_networks.push_back({means.Profile(),
                              std::log(network.truth.OverallQuantile(P99) / network.estimate.OverallQuantile(P99)),
                              LogErrorsOf(network),
                              KindOf(samples.origin)});
    }

    SizeClasses m_classes;
    std::vector<HeldOutNetwork> m_networks;
    std::vector<QuantileError> m_quantiles;
    std::vector<FlowError> m_flows;
    std::vector<double> m_below = std::vector<double>(QUANTILES, 0); //!< flows below each level, in parts of a flow
    std::vector<P99Point> m_points;
};

/// Adds a path's size classes that have enough foreground flows. \param predicted [PATH_LABELS]
void AddPath(const std::string& file,
             const PathMapSamples& samples,
             std::size_t path,
             const float* predicted,
             std::vector<QuantileError>& errors,
             std::vector<P99Point>& points)
{
    constexpr uint32_t MIN_FLOWS = 20;
    const SizeClasses classes;
    const Configuration configuration(&samples.maps.parameters[path * PATH_PARAMETERS], PATH_HAS_PFC, PATH_CONTROLS);
    const float* labels = &samples.labels[path * PATH_LABELS];
    for (uint32_t bucket = 0; bucket < LABEL_BUCKETS; bucket++)
    {
        const uint32_t flows = samples.maps.flows[path * LABEL_BUCKETS + bucket];
        if (flows < MIN_FLOWS)
        {
            continue;
        }
        const auto at = [bucket](double level)
        { return bucket * MAP_PERCENTILES + static_cast<std::size_t>(std::lround(100 * level)) - 1; };
        for (const double level : {P50, P99})
        {
            errors.push_back({configuration, bucket, level, predicted[at(level)] / labels[at(level)] - 1.0, NONE});
        }
        points.push_back({NameOf(file),
                          configuration.pfc,
                          configuration.ControlName(),
                          classes.Name(bucket),
                          flows,
                          labels[at(P99)],
                          predicted[at(P99)],
                          NONE});
    }
}

} // namespace

Evaluation Evaluate(CorrectionModel& model, const std::string& data, uint32_t every)
{
    Evaluation evaluation;
    evaluation.description = model.Description();
    evaluation.unit = "networks";
    FlowErrorTables tables;
    const auto files = SampleFiles(data);
    for (std::size_t f = every - 1; f < files.size(); f += every)
    {
        evaluation.files++;
        const TrainingSamples samples = ReadSamples(files[f]);
        if (!samples.slowdown.empty())
        {
            tables.Add(files[f], samples, model.Predict(samples.features, ThreadCount(0)));
        }
    }
    tables.Finish(evaluation);
    if (model.Errors().IsKnown())
    {
        evaluation.intervals = CoverageByKind(model.Errors(), evaluation.networks);
        evaluation.quantileIntervals = CoverageByQuantile(model.Errors(), evaluation.networks);
    }
    return evaluation;
}

Evaluation Evaluate(PathMapModel& model, const std::string& data, uint32_t every)
{
    Evaluation evaluation;
    evaluation.description = model.Description();
    evaluation.unit = "paths";
    std::vector<QuantileError> errors;
    const auto files = SampleFiles(data, PATH_MAP_EXTENSION);
    for (std::size_t f = every - 1; f < files.size(); f += every)
    {
        evaluation.files++;
        const PathMapSamples samples = ReadPathMaps(files[f]);
        const std::vector<float> predicted = model.Predict(samples.maps);
        for (std::size_t path = 0; path < samples.maps.Count(); path++)
        {
            AddPath(files[f], samples, path, &predicted[path * PATH_LABELS], errors, evaluation.points);
        }
    }
    evaluation.quantiles = TableOf(errors);
    return evaluation;
}

HeldOutErrors HeldOutErrorsOf(const Evaluation& evaluation, bool pfc)
{
    constexpr double LOW = 0.025;
    constexpr double HIGH = 0.975;
    std::vector<double> ratios;
    for (const P99Point& point : evaluation.points)
    {
        if (point.pfc == pfc && point.sizeClass == ALL_FLOWS && point.flows >= HELD_OUT_FLOWS)
        {
            ratios.push_back(point.truth / point.model);
        }
    }
    if (ratios.empty())
    {
        return {};
    }
    return {static_cast<uint32_t>(ratios.size()), {QuantileOf(ratios, LOW), QuantileOf(ratios, HIGH)}};
}

} // namespace ns3::m3

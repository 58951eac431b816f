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

namespace ns3::m3
{

namespace
{

constexpr double NONE = std::numeric_limits<double>::quiet_NaN();
constexpr double P50 = 0.5;
constexpr double P90 = 0.9;
constexpr double P99 = 0.99;
constexpr const char* ALL_CLASSES = "kept flows";

// where FlowFeatures and PathMaps hold what groups are made of
constexpr std::size_t PATH_PFC = 6;
constexpr std::size_t PATH_CONTROLS = 8;

/// In the order of the inputs of FlowFeatures; PathMaps has the first four of them.
constexpr std::array<CongestionControlType, 5> CONTROLS = {CongestionControlType::DCTCP,
                                                           CongestionControlType::DCQCN,
                                                           CongestionControlType::HPCC,
                                                           CongestionControlType::TIMELY,
                                                           CongestionControlType::NONE};

/// What a network is grouped by.
struct Configuration
{
    bool pfc;
    uint8_t control; //!< index into CONTROLS

    /// \param controls one-hot
    Configuration(float pfcInput, const float* controls, std::size_t count)
        : pfc(pfcInput > 0),
          control(static_cast<uint8_t>(std::max_element(controls, controls + count) - controls))
    {
    }

    std::string ControlName() const
    {
        return CongestionControlName(CONTROLS[control]);
    }
};

/// Networks that a line of a table is made of.
struct Group
{
    std::string name;
    bool (*holds)(const Configuration&, std::size_t control);
    std::size_t control;
};

std::vector<Group> Groups()
{
    std::vector<Group> groups = {
        {"all", [](const Configuration&, std::size_t) { return true; }, 0},
        {"PFC on", [](const Configuration& of, std::size_t) { return of.pfc; }, 0},
        {"PFC off", [](const Configuration& of, std::size_t) { return !of.pfc; }, 0},
    };
    for (std::size_t i = 0; i < CONTROLS.size(); i++)
    {
        groups.push_back({CongestionControlName(CONTROLS[i]),
                          [](const Configuration& of, std::size_t control) { return of.control == control; },
                          i});
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
 * How much of a flow counts as below the predicted quantile, 0 to 1. Of all slowdowns only the least, 1, is met by many
 * flows exactly. A share of them is predicted to be there, the quantiles up to that level are 1, and such a flow is as
 * likely at any of these levels (the nonrandomized probability integral transform, Czado, Gneiting and Held,
 * Biometrics 65, 2009, equation 2).
 */
double CountsBelow(const float* predicted, double slowdown, double level)
{
    constexpr double LEAST = 1;
    const double quantile = PredictedQuantile(predicted, level);
    if (slowdown > LEAST || quantile > LEAST)
    {
        return slowdown <= quantile ? 1 : 0;
    }
    double shareAtLeast = 1;
    for (uint32_t k = QUANTILES; k-- > 0 && predicted[k] > LEAST;)
    {
        shareAtLeast = k ? QuantileLevel(k - 1) : 0;
    }
    return std::min(1.0, level / shareAtLeast);
}

std::string ClassName(const SizeClasses& classes, std::size_t sizeClass)
{
    return sizeClass == classes.Count() ? ALL_CLASSES : classes.Name(sizeClass);
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
                           ClassName(classes, c),
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

std::string NameOf(const std::string& file)
{
    return std::filesystem::path(file).stem().string();
}

/// A network's flows by packets, flowSim and model.
struct NetworkReports
{
    SlowdownReport truth;
    SlowdownReport fluid;
    SlowdownReport estimate;

    void Finish()
    {
        for (std::size_t c = 0; c < truth.Classes().Count(); c++)
        {
            estimate.SetFlowCount(c, truth.FlowCount(c));
        }
        truth.Finish();
        fluid.Finish();
        estimate.Finish();
    }
};

} // namespace

Evaluation Evaluate(CorrectionModel& model, const std::string& data, uint32_t every)
{
    constexpr std::size_t FEWEST = 50; //!< flows that a class needs to count
    const SizeClasses classes;
    Evaluation evaluation;
    evaluation.description = model.Description();
    evaluation.unit = "networks";
    std::vector<QuantileError> quantileErrors;
    std::vector<FlowError> flowErrors;
    std::vector<double> below(QUANTILES, 0);
    const auto files = SampleFiles(data);
    for (std::size_t f = every - 1; f < files.size(); f += every)
    {
        evaluation.files++;
        const TrainingSamples samples = ReadSamples(files[f]);
        if (samples.slowdown.empty())
        {
            continue;
        }
        const std::vector<float> predicted = model.Predict(samples.features, ThreadCount(0));
        const float* first = samples.features.flow.data();
        const Configuration configuration(first[HAS_PFC], first + IS_DCTCP, CONTROLS.size());
        NetworkReports network;
        for (std::size_t i = 0; i < samples.slowdown.size(); i++)
        {
            const std::size_t sizeClass = classes.ClassOf(samples.sizeBytes[i]);
            const double slowdown = samples.slowdown[i];
            const double fluid = std::exp(samples.features.flow[i * FLOW_INPUTS + LOG_FLUID]);
            const float* of = &predicted[i * QUANTILES];
            std::array<float, QUANTILES> fluidForAll;
            fluidForAll.fill(static_cast<float>(fluid));
            network.truth.Add(sizeClass, slowdown);
            network.fluid.Add(sizeClass, fluid);
            for (uint32_t k = 0; k < QUANTILES; k++)
            {
                network.estimate.Add(sizeClass, of[k], QuantileWeight(k));
                below[k] += CountsBelow(of, slowdown, QuantileLevel(k));
            }
            FlowError error{configuration,
                            static_cast<uint8_t>(sizeClass),
                            {},
                            static_cast<float>(std::abs(PredictedQuantile(of, P50) / slowdown - 1)),
                            static_cast<float>(std::abs(fluid / slowdown - 1)),
                            PinballLoss(of, slowdown),
                            PinballLoss(fluidForAll.data(), slowdown)};
            for (std::size_t l = 0; l < CALIBRATION_LEVELS.size(); l++)
            {
                error.below[l] = static_cast<float>(CountsBelow(of, slowdown, CALIBRATION_LEVELS[l]));
            }
            flowErrors.push_back(error);
        }
        network.Finish();
        for (std::size_t c = 0; c <= classes.Count(); c++)
        {
            const uint64_t flows = c == classes.Count() ? network.truth.FlowCount() : network.truth.FlowCount(c);
            if (flows < FEWEST)
            {
                continue;
            }
            for (const double level : {P50, P99})
            {
                const double expected = QuantileOf(network.truth, c, level);
                quantileErrors.push_back({configuration,
                                          c,
                                          level,
                                          QuantileOf(network.estimate, c, level) / expected - 1,
                                          QuantileOf(network.fluid, c, level) / expected - 1});
            }
            evaluation.points.push_back({NameOf(files[f]),
                                         configuration.pfc,
                                         configuration.ControlName(),
                                         ClassName(classes, c),
                                         flows,
                                         QuantileOf(network.truth, c, P99),
                                         QuantileOf(network.estimate, c, P99),
                                         QuantileOf(network.fluid, c, P99)});
        }
    }
    evaluation.quantiles = TableOf(quantileErrors);
    evaluation.flows = TableOf(flowErrors);
    for (uint32_t k = 0; k < QUANTILES && !flowErrors.empty(); k++)
    {
        evaluation.calibration.emplace_back(QuantileLevel(k), below[k] / static_cast<double>(flowErrors.size()));
    }
    return evaluation;
}

Evaluation Evaluate(PathMapModel& model, const std::string& data, uint32_t every)
{
    constexpr uint32_t FEWEST = 20; //!< foreground flows that a class of a path needs to count
    const SizeClasses classes;
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
            const float* parameters = &samples.maps.parameters[path * PATH_PARAMETERS];
            const Configuration configuration(parameters[PATH_PFC], parameters + PATH_CONTROLS, CONTROLS.size() - 1);
            for (uint32_t bucket = 0; bucket < LABEL_BUCKETS; bucket++)
            {
                if (samples.maps.flows[path * LABEL_BUCKETS + bucket] < FEWEST)
                {
                    continue;
                }
                const std::size_t row = path * PATH_LABELS + bucket * MAP_PERCENTILES;
                for (const double level : {P50, P99})
                {
                    const std::size_t at = row + static_cast<std::size_t>(std::lround(100 * level)) - 1;
                    errors.push_back({configuration, bucket, level, predicted[at] / samples.labels[at] - 1.0, NONE});
                }
                const std::size_t p99 = row + 98;
                evaluation.points.push_back({NameOf(files[f]),
                                             configuration.pfc,
                                             configuration.ControlName(),
                                             classes.Name(bucket),
                                             samples.maps.flows[path * LABEL_BUCKETS + bucket],
                                             samples.labels[p99],
                                             predicted[p99],
                                             NONE});
            }
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
        if (point.pfc == pfc && point.sizeClass == ALL_CLASSES && point.flows >= HELD_OUT_FLOWS)
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

#include "evaluation.h"

#include "sample-file.h"

#include "ns3/quantile.h"
#include "ns3/slowdown-report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>

namespace ns3::m3
{

namespace
{

double QuantileOf(std::vector<double> values, double p)
{
    std::sort(values.begin(), values.end());
    return Quantile(values, p);
}

double AbsoluteQuantile(std::vector<double> values, double p)
{
    std::transform(values.begin(), values.end(), values.begin(), [](double value) { return std::abs(value); });
    return QuantileOf(std::move(values), p);
}

} // namespace

void Evaluate(CorrectionModel& model, const std::string& data, uint32_t every, std::ostream& out)
{
    constexpr double LEVELS[] = {0.5, 0.99};
    constexpr std::size_t FEWEST = 50; //!< flows that a class needs to count
    constexpr std::size_t LOG_FLUID = 4;
    const SizeClasses classes;

    /// Errors of one quantile of one class, a value per network.
    struct Errors
    {
        std::vector<double> model;
        std::vector<double> fluid;
    };

    std::vector<std::array<Errors, 2>> errors(classes.Count());
    std::vector<double> below(QUANTILES, 0);
    double flowCount = 0;
    const auto files = SampleFiles(data);
    for (std::size_t f = every - 1; f < files.size(); f += every)
    {
        const TrainingSamples samples = ReadSamples(files[f]);
        const std::vector<float> predicted = model.Predict(samples.features);
        SlowdownReport truth;
        SlowdownReport fluid;
        SlowdownReport estimate;
        for (std::size_t i = 0; i < samples.slowdown.size(); i++)
        {
            const std::size_t sizeClass = classes.ClassOf(samples.sizeBytes[i]);
            truth.Add(sizeClass, samples.slowdown[i]);
            fluid.Add(sizeClass, std::exp(samples.features.flow[i * FLOW_INPUTS + LOG_FLUID]));
            flowCount++;
            for (uint32_t k = 0; k < QUANTILES; k++)
            {
                const float value = predicted[i * QUANTILES + k];
                estimate.Add(sizeClass, value, QuantileWeight(k));
                below[k] += samples.slowdown[i] <= value;
            }
        }
        truth.Finish();
        fluid.Finish();
        estimate.Finish();
        for (std::size_t c = 0; c < classes.Count(); c++)
        {
            for (std::size_t l = 0; l < std::size(LEVELS) && truth.FlowCount(c) >= FEWEST; l++)
            {
                const double expected = truth.ClassQuantile(c, LEVELS[l]);
                errors[c][l].model.push_back(estimate.ClassQuantile(c, LEVELS[l]) / expected - 1);
                errors[c][l].fluid.push_back(fluid.ClassQuantile(c, LEVELS[l]) / expected - 1);
            }
        }
    }
    out << "error against packets, %          m3: median  p90 of |e|  signed median   flowSim: median of |e|\n"
        << std::fixed << std::setprecision(1);
    for (std::size_t c = 0; c < classes.Count(); c++)
    {
        for (std::size_t l = 0; l < std::size(LEVELS); l++)
        {
            Errors& of = errors[c][l];
            if (of.model.empty())
            {
                continue;
            }
            out << std::left << std::setw(16) << classes.Name(c) << (l ? "p99" : "p50") << std::right << std::setw(22)
                << 100 * AbsoluteQuantile(of.model, 0.5) << std::setw(12) << 100 * AbsoluteQuantile(of.model, 0.9)
                << std::setw(15) << 100 * QuantileOf(of.model, 0.5) << std::setw(18)
                << 100 * AbsoluteQuantile(of.fluid, 0.5) << "   over " << of.model.size() << " networks\n";
        }
    }
    out << "calibration: share of flows at or below the predicted quantile\n" << std::setprecision(4);
    for (uint32_t k = 0; k < QUANTILES; k++)
    {
        out << "  " << QuantileLevel(k) << ": " << below[k] / flowCount << '\n';
    }
}

void Evaluate(PathMapModel& model, const std::string& data, uint32_t every, std::ostream& out)
{
    constexpr uint32_t LEVELS[] = {50, 99};
    constexpr uint32_t FEWEST = 20; //!< foreground flows that a class of a path needs to count
    const SizeClasses classes;
    std::vector<std::array<std::vector<double>, 2>> errors(LABEL_BUCKETS);
    const auto files = SampleFiles(data, PATH_MAP_EXTENSION);
    for (std::size_t f = every - 1; f < files.size(); f += every)
    {
        const PathMapSamples samples = ReadPathMaps(files[f]);
        const std::vector<float> predicted = model.Predict(samples.maps);
        for (std::size_t path = 0; path < samples.maps.Count(); path++)
        {
            for (uint32_t bucket = 0; bucket < LABEL_BUCKETS; bucket++)
            {
                for (std::size_t l = 0; l < std::size(LEVELS); l++)
                {
                    const std::size_t at = path * PATH_LABELS + bucket * MAP_PERCENTILES + LEVELS[l] - 1;
                    if (samples.maps.flows[path * LABEL_BUCKETS + bucket] >= FEWEST)
                    {
                        errors[bucket][l].push_back(predicted[at] / samples.labels[at] - 1.0);
                    }
                }
            }
        }
    }
    out << "error against packets, %          m3: median  p90 of |e|  signed median\n"
        << std::fixed << std::setprecision(1);
    for (uint32_t bucket = 0; bucket < LABEL_BUCKETS; bucket++)
    {
        for (std::size_t l = 0; l < std::size(LEVELS) && !errors[bucket][l].empty(); l++)
        {
            const std::vector<double>& of = errors[bucket][l];
            out << std::left << std::setw(16) << classes.Name(bucket) << 'p' << LEVELS[l] << std::right << std::setw(22)
                << 100 * AbsoluteQuantile(of, 0.5) << std::setw(12) << 100 * AbsoluteQuantile(of, 0.9) << std::setw(15)
                << 100 * QuantileOf(of, 0.5) << "   over " << of.size() << " paths\n";
        }
    }
}

} // namespace ns3::m3

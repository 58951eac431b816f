#include "trainer.h"

#include "ns3/quantile.h"
#include "ns3/random-stream.h"
#include "ns3/slowdown-report.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <numeric>

namespace ns3::m3
{

namespace
{

constexpr double SECONDS_BETWEEN_SAVES = 60;
constexpr double PI = 3.14159265358979323846;

void Append(TrainingSamples& all, const TrainingSamples& more)
{
    Append(all.features, more.features);
    all.slowdown.insert(all.slowdown.end(), more.slowdown.begin(), more.slowdown.end());
    all.sizeBytes.insert(all.sizeBytes.end(), more.sizeBytes.begin(), more.sizeBytes.end());
}

std::vector<uint32_t> Indices(std::size_t count)
{
    std::vector<uint32_t> indices(count);
    std::iota(indices.begin(), indices.end(), 0U);
    return indices;
}

void Shuffle(std::vector<uint32_t>& values, RandomStream& random)
{
    for (std::size_t i = values.size(); i > 1; i--)
    {
        std::swap(values[i - 1], values[random.Integer(0, i - 1)]);
    }
}

double LossOf(FlowModel& model, const TrainingSamples& samples)
{
    constexpr std::size_t BATCH = 4096;
    double sum = 0;
    const auto all = Indices(samples.slowdown.size());
    for (std::size_t first = 0; first < all.size(); first += BATCH)
    {
        const std::size_t last = std::min(all.size(), first + BATCH);
        const std::vector<uint32_t> batch(all.begin() + static_cast<std::ptrdiff_t>(first),
                                          all.begin() + static_cast<std::ptrdiff_t>(last));
        sum += model.Loss(samples, batch) * static_cast<double>(batch.size());
    }
    return all.empty() ? 0 : sum / static_cast<double>(all.size());
}

double LearningRate(const TrainOptions& options, uint64_t step, uint64_t steps)
{
    const double warmUp = 0.02 * static_cast<double>(steps) + 1;
    const double at = static_cast<double>(step);
    if (at < warmUp)
    {
        return options.learningRate * (at + 1) / (warmUp + 1);
    }
    return options.learningRate * 0.5 * (1 + std::cos(PI * std::min(1.0, at / static_cast<double>(steps))));
}

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

void Train(const TrainOptions& options, std::ostream& log)
{
    TrainingSamples training;
    TrainingSamples validation;
    const auto files = SampleFiles(options.data);
    for (std::size_t i = 0; i < files.size(); i++)
    {
        const bool heldOut = options.holdOutEvery && i % options.holdOutEvery == options.holdOutEvery - 1;
        Append(heldOut ? validation : training, ReadSamples(files[i]));
    }
    const std::size_t flows = training.slowdown.size();
    log << files.size() << " networks, " << flows << " flows to train on, " << validation.slowdown.size()
        << " to validate on" << std::endl;

    const std::string state = options.checkpoint + ".state";
    const bool resumed = std::filesystem::exists(state);
    std::unique_ptr<FlowModel> model;
    if (resumed)
    {
        model = std::make_unique<FlowModel>(state);
        log << "going on at step " << model->Steps() << " of " << state << std::endl;
    }
    else if (!options.from.empty())
    {
        model = std::make_unique<FlowModel>(options.from);
    }
    else
    {
        model = std::make_unique<FlowModel>(options.shape, training.features, options.seed);
    }
    const uint64_t firstStep = resumed ? 0 : model->Steps(); // of this training
    const uint64_t stepsPerEpoch = (flows + options.batch - 1) / options.batch;
    const uint64_t steps = stepsPerEpoch * options.epochs;
    std::ofstream curve(options.checkpoint + ".csv", resumed ? std::ios::app : std::ios::trunc);
    if (!resumed)
    {
        curve << "step,learning_rate,training_loss,validation_loss\n";
    }
    const auto describe = [&]
    {
        model->SetDescription("per-flow transformer " + std::to_string(options.shape.width) + "x" +
                              std::to_string(options.shape.layers) + ", " + std::to_string(flows) + " flows of " +
                              std::to_string(files.size()) + " networks, seed " + std::to_string(options.seed) + ", " +
                              std::to_string(model->Steps()) + " steps");
    };

    auto saved = std::chrono::steady_clock::now();
    double sum = 0;
    uint64_t counted = 0;
    for (uint64_t step = model->Steps() - firstStep; step < steps;)
    {
        const uint64_t epoch = step / stepsPerEpoch;
        RandomStream random(options.seed * 1000 + epoch);
        auto order = Indices(flows);
        Shuffle(order, random);
        for (uint64_t k = step % stepsPerEpoch; k < stepsPerEpoch; k++, step++)
        {
            const auto begin = order.begin() + static_cast<std::ptrdiff_t>(k * options.batch);
            const auto end =
                order.begin() + static_cast<std::ptrdiff_t>(std::min<uint64_t>(flows, (k + 1) * options.batch));
            sum += model->TrainStep(training, {begin, end}, LearningRate(options, step, steps));
            counted++;
            const auto now = std::chrono::steady_clock::now();
            if (std::chrono::duration<double>(now - saved).count() > SECONDS_BETWEEN_SAVES)
            {
                saved = now;
                model->Save(state, true);
                log << "step " << step + 1 << " of " << steps << ", loss " << sum / static_cast<double>(counted)
                    << std::endl;
            }
        }
        const double loss = LossOf(*model, validation);
        curve << step << ',' << LearningRate(options, step, steps) << ',' << sum / static_cast<double>(counted) << ','
              << loss << std::endl;
        log << "epoch " << epoch + 1 << " of " << options.epochs << ": training loss "
            << sum / static_cast<double>(counted) << ", validation loss " << loss << std::endl;
        sum = 0;
        counted = 0;
        describe();
        model->Save(options.checkpoint, false);
    }
    std::filesystem::remove(state);
}

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

} // namespace ns3::m3

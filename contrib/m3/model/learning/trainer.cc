#include "trainer.h"

#include "ns3/input-error.h"
#include "ns3/random-stream.h"

#include <boost/algorithm/string/join.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <locale>
#include <numeric>
#include <set>

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

void Append(PathMapSamples& all, const PathMapSamples& more)
{
    Append(all.maps, more.maps);
    all.labels.insert(all.labels.end(), more.labels.begin(), more.labels.end());
}

std::size_t Count(const TrainingSamples& samples)
{
    return samples.slowdown.size();
}

std::size_t Count(const PathMapSamples& samples)
{
    return samples.maps.Count();
}

TrainingSamples Read(const std::string& file, const TrainingSamples*)
{
    return ReadSamples(file);
}

PathMapSamples Read(const std::string& file, const PathMapSamples*)
{
    return ReadPathMaps(file);
}

/// What is noted of the data beside the weights.
void Prepare(FlowModel& model, const TrainingSamples& samples)
{
    model.SetRanges(RangesOf(samples.features, model.Ranges())); // all that it has learned from
}

void Prepare(PublishedModel&, const PathMapSamples&)
{
}

std::unique_ptr<FlowModel> Start(const std::string& checkpoint, const TrainingSamples& samples)
{
    return std::make_unique<FlowModel>(checkpoint, samples.features);
}

std::unique_ptr<PublishedModel> Start(const std::string& checkpoint, const PathMapSamples&)
{
    return std::make_unique<PublishedModel>(checkpoint);
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

template <typename Model, typename Samples>
double LossOf(Model& model, const Samples& samples, std::size_t batch)
{
    double sum = 0;
    const auto all = Indices(Count(samples));
    for (std::size_t first = 0; first < all.size(); first += batch)
    {
        const std::size_t last = std::min(all.size(), first + batch);
        const std::vector<uint32_t> part(all.begin() + static_cast<std::ptrdiff_t>(first),
                                         all.begin() + static_cast<std::ptrdiff_t>(last));
        sum += model.Loss(samples, part) * static_cast<double>(part.size());
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

/**
 * \param kind "flow" or "path", for people; \param extension of the sample files
 * \param make makes a fresh model for the training samples
 */
template <typename Model, typename Samples, typename Make>
void Train(const TrainOptions& options,
           const std::string& kind,
           const std::string& extension,
           const Make& make,
           std::ostream& log)
{
    Samples training;
    Samples validation;
    const auto files = SampleFiles(options.data, extension);
    std::set<std::string> origins; // of the data
    for (std::size_t i = 0; i < files.size(); i++)
    {
        const bool heldOut = options.holdOutEvery && i % options.holdOutEvery == options.holdOutEvery - 1;
        const Samples samples = Read(files[i], &training);
        origins.insert(DataOrigin(samples.description));
        Append(heldOut ? validation : training, samples);
    }
    const std::size_t count = Count(training);
    log << files.size() << " networks, " << count << ' ' << kind << "s to train on, " << Count(validation)
        << " to validate on" << std::endl;
    if (count == 0)
    {
        throw InputError(options.data, 0, "", "holds nothing to train on");
    }

    const std::string state = options.checkpoint + ".state";
    const bool resumed = std::filesystem::exists(state);
    std::unique_ptr<Model> model;
    std::string before; // what the model had learned from when this training began, as in its description
    if (resumed)
    {
        model = std::make_unique<Model>(state);
        const std::size_t at = model->Description().find(BEFORE);
        before = at == std::string::npos ? "" : model->Description().substr(at);
        log << "going on at step " << model->Steps() << " of " << state << std::endl;
    }
    else if (!options.from.empty())
    {
        model = Start(options.from, training);
        before = BEFORE + model->Description();
        model->RestartSteps();
    }
    else
    {
        model = make(training);
    }
    model->UseDevice(options.device);
    const uint64_t stepsPerEpoch = (count + options.batch - 1) / options.batch;
    const uint64_t steps = stepsPerEpoch * options.epochs;
    std::ofstream curve(options.checkpoint + ".csv", resumed ? std::ios::app : std::ios::trunc);
    curve.imbue(std::locale::classic());
    if (!resumed)
    {
        curve << "step,learning_rate,training_loss,validation_loss\n";
    }
    const auto describe = [&]
    {
        model->SetDescription(model->Architecture() + ", " + std::to_string(count) + ' ' + kind + "s of " +
                              std::to_string(files.size()) + " networks (data seeds: " +
                              boost::algorithm::join(origins, ", ") + "), seed " + std::to_string(options.seed) + ", " +
                              std::to_string(model->Steps()) + " steps by commit " + options.commit + before);
    };

    describe();
    Prepare(*model, training);
    if (options.epochs == 0)
    {
        model->Save(options.checkpoint, false); // the same weights, with what is noted of these data
    }

    auto saved = std::chrono::steady_clock::now();
    double sum = 0;
    uint64_t counted = 0;
    for (uint64_t step = model->Steps(); step < steps;)
    {
        const uint64_t epoch = step / stepsPerEpoch;
        RandomStream random(options.seed * 1000 + epoch);
        auto order = Indices(count);
        Shuffle(order, random);
        for (uint64_t k = step % stepsPerEpoch; k < stepsPerEpoch; k++, step++)
        {
            const auto begin = order.begin() + static_cast<std::ptrdiff_t>(k * options.batch);
            const auto end =
                order.begin() + static_cast<std::ptrdiff_t>(std::min<uint64_t>(count, (k + 1) * options.batch));
            sum += model->TrainStep(training, {begin, end}, LearningRate(options, step, steps));
            counted++;
            const auto now = std::chrono::steady_clock::now();
            if (std::chrono::duration<double>(now - saved).count() > SECONDS_BETWEEN_SAVES)
            {
                saved = now;
                describe();
                model->Save(state, true);
                log << "step " << step + 1 << " of " << steps << ", loss " << sum / static_cast<double>(counted)
                    << std::endl;
            }
        }
        const double loss = LossOf(*model, validation, std::size_t{4} * options.batch);
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

} // namespace

void TrainFlowModel(const TrainOptions& options, const FlowModelShape& shape, std::ostream& log)
{
    Train<FlowModel, TrainingSamples>(
        options,
        "flow",
        SAMPLE_EXTENSION,
        [&](const TrainingSamples& samples)
        { return std::make_unique<FlowModel>(shape, samples.features, options.seed); },
        log);
}

void TrainPublishedModel(const TrainOptions& options, const PublishedModelShape& shape, std::ostream& log)
{
    Train<PublishedModel, PathMapSamples>(
        options,
        "path",
        PATH_MAP_EXTENSION,
        [&](const PathMapSamples&) { return std::make_unique<PublishedModel>(shape, options.seed); },
        log);
}

} // namespace ns3::m3

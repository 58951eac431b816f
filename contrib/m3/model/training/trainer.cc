// SPDX-License-Identifier: GPL-2.0-only
#include "trainer.h"

#include "origins.h"
#include "path-map-file.h"
#include "sample-file.h"

#include "features/flow-features.h"
#include "features/input-ranges.h"
#include "nn/flow-model.h"
#include "nn/model-checkpoint.h"
#include "nn/published-model.h"
#include "nn/torch-setup.h"

#include "core/random-stream.h"
#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-text-file.h"

#include <boost/algorithm/string/join.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iomanip>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>

namespace ns3::m3
{

namespace
{

constexpr const char* CURVE_HEADER = "step,learning_rate,training_loss,validation_loss\n";
constexpr double PI = 3.14159265358979323846;

void Append(TrainingSamples& all, const TrainingSamples& more)
{
    all.scope = more.scope; // ExpectOneScope has looked
    Append(all.features, more.features);
    all.slowdown.insert(all.slowdown.end(), more.slowdown.begin(), more.slowdown.end());
    all.sizeBytes.insert(all.sizeBytes.end(), more.sizeBytes.begin(), more.sizeBytes.end());
    all.network.resize(all.slowdown.size(), all.network.empty() ? 0 : all.network.back() + 1);
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

/// What is noted of the data beside the weights, and what of the model learns.
void Prepare(FlowModel& model, const TrainingSamples& samples, const TrainOptions& options)
{
    if (options.gateAlone)
    {
        model.TrainGateAlone();
    }
    model.SetPooledWeight(options.pooledWeight);
    model.SetRanges(RangesOf(samples.features, model.Ranges())); // all that it has learned from
    model.SetTrainedScope(samples.scope);
}

void Prepare(PublishedModel&, const PathMapSamples&, const TrainOptions& options)
{
    if (options.gateAlone)
    {
        throw InputError("the published model has no gate");
    }
    if (options.pooledWeight > 0)
    {
        throw InputError("the published model has no distributions of single flows to pool");
    }
}

std::unique_ptr<FlowModel> Start(const std::string& checkpoint, const TrainingSamples& samples)
{
    return std::make_unique<FlowModel>(checkpoint, samples.features);
}

std::unique_ptr<PublishedModel> Start(const std::string& checkpoint, const PathMapSamples&)
{
    return std::make_unique<PublishedModel>(checkpoint);
}

/// \throws InputError if samples are of another scope than those of the files before
void ExpectOneScope(std::optional<Scope>& before, const TrainingSamples& samples, const std::string& file)
{
    if (before.value_or(samples.scope) != samples.scope)
    {
        throw InputError(file, 0, "", "holds samples of another scope (network or paths) than the files before it");
    }
    before = samples.scope;
}

void ExpectOneScope(std::optional<Scope>&, const PathMapSamples&, const std::string&)
{
}

std::string ShapeText(const FlowModelShape& shape)
{
    return std::to_string(shape.width) + 'x' + std::to_string(shape.layers) + ", " + std::to_string(shape.heads) +
           " heads, " + std::to_string(shape.hidden) + " hidden, " + std::to_string(shape.perceptrons) +
           " perceptrons" + (shape.experts > 1 ? ", " + std::to_string(shape.experts) + " experts" : "");
}

std::string ShapeText(const PublishedModelShape& shape)
{
    return std::to_string(shape.width) + 'x' + std::to_string(shape.layers) + ", " + std::to_string(shape.heads) +
           " heads, " + std::to_string(shape.hidden) + " hidden, perceptron of " + std::to_string(shape.perceptron);
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

/// Indices of the samples network by network, networks in the order of a shuffle.
std::vector<uint32_t> ShuffledNetworks(const TrainingSamples& samples, RandomStream& random)
{
    std::vector<uint32_t> begins; // of networks
    for (uint32_t i = 0; i < samples.network.size(); i++)
    {
        if (i == 0 || samples.network[i] != samples.network[i - 1])
        {
            begins.push_back(i);
        }
    }
    Shuffle(begins, random);
    std::vector<uint32_t> order;
    for (const uint32_t begin : begins)
    {
        for (uint32_t i = begin; i < samples.network.size() && samples.network[i] == samples.network[begin]; i++)
        {
            order.push_back(i);
        }
    }
    return order;
}

std::vector<uint32_t> ShuffledNetworks(const PathMapSamples&, RandomStream&)
{
    throw InputError("samples of paths tell no networks apart"); // Prepare() has refused it
}

std::vector<uint32_t> Shuffled(std::size_t count, RandomStream& random)
{
    auto order = Indices(count);
    Shuffle(order, random);
    return order;
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
    return sum / static_cast<double>(all.size());
}

/// In the C locale, whatever a program has set.
template <typename... Values>
std::string Text(const Values&... values)
{
    TextStream text;
    (text << ... << values);
    return text.str();
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

/// \throws InputError
void CheckOptions(const TrainOptions& options)
{
    if (options.data.empty() || options.checkpoint.empty())
    {
        throw InputError("a training needs a folder of data and a checkpoint to write");
    }
    if (options.batch == 0)
    {
        throw InputError("batch must be at least 1");
    }
    if (!(options.learningRate > 0 && options.learningRate <= MAX_LEARNING_RATE))
    {
        throw InputError(Text("the learning rate must be above 0, at most ", MAX_LEARNING_RATE));
    }
    if (!(options.pooledWeight >= 0 && options.pooledWeight <= MAX_POOLED_WEIGHT))
    {
        throw InputError(Text("the weight of the pooled loss must be 0 to ", MAX_POOLED_WEIGHT));
    }
    if (!(options.saveSeconds >= 0))
    {
        throw InputError("the seconds between saves of the state must be 0 or more");
    }
}

/// Samples of a folder.
template <typename Samples>
struct Data
{
    Samples training;
    Samples validation;
    std::size_t networks = 0;      //!< of both
    std::set<std::string> origins; //!< of both
    std::string fingerprint;       //!< of names and bytes of all files

    Data(const TrainOptions& options, const std::string& extension)
    {
        const auto files = SampleFiles(options.data, extension);
        networks = files.size();
        std::optional<Scope> scope;
        std::string all;
        for (std::size_t i = 0; i < files.size(); i++)
        {
            const bool heldOut = options.holdOutEvery && i % options.holdOutEvery == options.holdOutEvery - 1;
            const Samples samples = Read(files[i], &training);
            ExpectOneScope(scope, samples, files[i]);
            origins.insert(samples.origin.DrawingText());
            all += std::filesystem::path(files[i]).filename().string() + ' ' + ChecksumText(samples.checksum) + '\n';
            Append(heldOut ? validation : training, samples);
        }
        fingerprint = std::to_string(networks) + " files, checksum " + ChecksumText(ChecksumOf(all.data(), all.size()));
    }
};

/**
 * A training of a model. What it goes on by after an interruption is in its state, a file beside the checkpoint.
 * Samples are TrainingSamples or PathMapSamples.
 */
template <typename Model, typename Samples>
class Training
{
  public:
    /// \param kind "flow" or "path", for people \param extension of the sample files
    Training(const TrainOptions& options, const std::string& kind, const std::string& extension, std::ostream& log)
        : m_options(options),
          m_kind(kind),
          m_log(log),
          m_data(options, extension),
          m_count(Count(m_data.training)),
          m_stateFile(options.checkpoint + ".state")
    {
        m_log << m_data.networks << " networks, " << m_count << ' ' << kind << "s to train on, ";
        Validates() ? m_log << Count(m_data.validation) << " to validate on" << std::endl
                    : m_log << "none to validate on: there is no validation loss" << std::endl;
        if (m_count == 0)
        {
            throw InputError(options.data, 0, "", "holds nothing to train on");
        }
    }

    /// \param shape of a fresh model \param make makes one for the training samples
    template <typename Shape, typename Make>
    void Run(const Shape& shape, const Make& make)
    {
        for (const std::string& file : {m_options.checkpoint, m_stateFile, m_options.checkpoint + ".csv"})
        {
            RemoveHalfWritten(file);
        }
        Begin(SettingsText(ShapeText(shape)), make);
        m_model->UseDevice(m_options.device);
        m_stepsPerEpoch = (m_count + m_options.batch - 1) / m_options.batch;
        m_steps = m_stepsPerEpoch * m_options.epochs;
        Describe();
        Prepare(*m_model, m_data.training, m_options);
        m_saved = std::chrono::steady_clock::now();
        while (m_model->Steps() < m_steps)
        {
            RunEpoch();
        }
        Save(); // also where no step was left, and of 0 epochs: the same weights, with what is noted of these data
        std::filesystem::remove(m_stateFile);
    }

  private:
    bool Validates() const
    {
        return Count(m_data.validation) > 0;
    }

    /// A line for each thing that the steps of this training follow from.
    std::string SettingsText(const std::string& shape) const
    {
        const std::string from =
            m_options.from.empty() ? "none" : "checksum " + ChecksumText(ChecksumOfFile(m_options.from));
        return Text("data: ", m_data.fingerprint, "\nstart: ", from, "\nshape: ", shape, "\nseed: ", m_options.seed) +
               Text("\nepochs: ", m_options.epochs, "\nbatch: ", m_options.batch) +
               Text("\nlearning rate: ", std::setprecision(17), m_options.learningRate) +
               Text("\nhold-out: ", m_options.holdOutEvery, "\n") + (m_options.gateAlone ? "of it: the gate\n" : "") +
               (m_options.pooledWeight > 0 ? Text("weight of pools: ", m_options.pooledWeight, "\n") : "");
    }

    /// \throws InputError if the state is of another training, naming the first difference
    void ExpectSettings(const std::string& before, const std::string& now) const
    {
        std::istringstream ofBefore(before);
        std::istringstream ofNow(now);
        while (ofNow || ofBefore) // either may have a line more
        {
            std::string then;
            std::string line;
            std::getline(ofBefore, then);
            std::getline(ofNow, line);
            if (then != line)
            {
                throw InputError(m_stateFile,
                                 0,
                                 "",
                                 "is the state of another training (" + then + ", now " + line +
                                     "); give the same data and options to go on, or another checkpoint, or remove it");
            }
        }
    }

    template <typename Make>
    void Begin(const std::string& settings, const Make& make)
    {
        if (std::filesystem::exists(m_stateFile))
        {
            m_model = std::make_unique<Model>(m_stateFile);
            if (!m_model->Training())
            {
                throw InputError(m_stateFile, 0, "", "is no state of a training");
            }
            m_state = *m_model->Training();
            ExpectSettings(m_state.settings, settings);
            m_origin = ModelOrigin::FromDescription(m_model->Description());
            m_log << "going on at step " << m_model->Steps() << " of " << m_stateFile << std::endl;
            return;
        }
        if (!m_options.from.empty())
        {
            m_model = Start(m_options.from, m_data.training);
            m_origin = ModelOrigin::FromDescription(m_model->Description());
            m_origin.before.insert(m_origin.before.begin(), m_origin.training);
            m_model->RestartSteps();
        }
        else
        {
            m_model = make(m_data.training);
        }
        m_state.settings = settings;
        m_state.curve = CURVE_HEADER;
    }

    void Describe()
    {
        m_origin.training = m_model->Architecture() + ", " + std::to_string(m_count) + ' ' + m_kind + "s of " +
                            std::to_string(m_data.networks) +
                            " networks (data seeds: " + boost::algorithm::join(m_data.origins, ", ") + "), seed " +
                            std::to_string(m_options.seed) + ", " + std::to_string(m_model->Steps()) +
                            " steps by commit " + m_options.commit;
        m_model->SetDescription(m_origin.Description());
    }

    /// Goes to the end of the epoch that the next step is of.
    void RunEpoch()
    {
        const uint64_t epoch = m_model->Steps() / m_stepsPerEpoch;
        RandomStream random(m_options.seed * 1000 + epoch);
        const auto order =
            m_options.pooledWeight > 0 ? ShuffledNetworks(m_data.training, random) : Shuffled(m_count, random);
        for (uint64_t k = m_model->Steps() % m_stepsPerEpoch; k < m_stepsPerEpoch; k++)
        {
            const auto begin = order.begin() + static_cast<std::ptrdiff_t>(k * m_options.batch);
            const auto end =
                order.begin() + static_cast<std::ptrdiff_t>(std::min<uint64_t>(m_count, (k + 1) * m_options.batch));
            const uint64_t step = m_model->Steps();
            SeedTorch(m_options.seed + step * 1'000'003); // what a step draws does not depend on those before it
            const double loss =
                m_model->TrainStep(m_data.training, {begin, end}, LearningRate(m_options, step, m_steps));
            ExpectFinite(loss);
            m_state.lossSum += loss;
            m_state.lossSteps++;
            const auto now = std::chrono::steady_clock::now();
            if (k + 1 < m_stepsPerEpoch &&
                std::chrono::duration<double>(now - m_saved).count() >= m_options.saveSeconds)
            {
                SaveState();
                m_log << "step " << m_model->Steps() << " of " << m_steps << ", loss " << MeanLoss() << std::endl;
            }
        }
        EndEpoch(epoch);
    }

    void EndEpoch(uint64_t epoch)
    {
        std::string validation; // empty where there is none
        if (Validates())
        {
            const double loss = LossOf(*m_model, m_data.validation, std::size_t{4} * m_options.batch);
            ExpectFinite(loss);
            validation = Text(loss);
        }
        const uint64_t step = m_model->Steps();
        m_state.curve +=
            Text(step, ',', LearningRate(m_options, step, m_steps), ',', MeanLoss(), ',', validation, '\n');
        m_log << "epoch " << epoch + 1 << " of " << m_options.epochs << ": training loss " << MeanLoss()
              << (Validates() ? ", validation loss " + validation : "") << std::endl;
        m_state.lossSum = 0;
        m_state.lossSteps = 0;
        Save();
        SaveState();
    }

    double MeanLoss() const
    {
        return m_state.lossSum / static_cast<double>(m_state.lossSteps);
    }

    void ExpectFinite(double loss) const
    {
        if (!std::isfinite(loss))
        {
            Stop("loss is");
        }
    }

    /// Removes the state, which could only lead here again. \throws InputError
    [[noreturn]] void Stop(const std::string& what) const
    {
        std::filesystem::remove(m_stateFile);
        throw InputError(m_options.checkpoint,
                         0,
                         "",
                         Text("training stopped: its ",
                              what,
                              " not finite at step ",
                              m_model->Steps(),
                              "; a lower learning rate may help. The file is as it was before this epoch"));
    }

    void Save()
    {
        WriteModel(m_options.checkpoint, false);
        WriteBytes(m_state.curve, m_options.checkpoint + ".csv");
    }

    void SaveState()
    {
        m_model->SetTraining(m_state);
        WriteModel(m_stateFile, true);
        m_saved = std::chrono::steady_clock::now();
    }

    void WriteModel(const std::string& file, bool withOptimizer)
    {
        Describe();
        try
        {
            m_model->Save(file, withOptimizer);
        }
        catch (const DamagedFileError&) // it would be one
        {
            Stop("weights are");
        }
    }

    const TrainOptions& m_options;
    std::string m_kind;
    std::ostream& m_log;
    Data<Samples> m_data;
    std::size_t m_count; //!< of the training samples
    std::string m_stateFile;
    std::unique_ptr<Model> m_model;
    ModelOrigin m_origin; //!< with what the model had learned from when this began
    TrainingState m_state;
    uint64_t m_stepsPerEpoch = 0;
    uint64_t m_steps = 0; //!< of all epochs
    std::chrono::steady_clock::time_point m_saved;
};

} // namespace

void TrainFlowModel(const TrainOptions& options, const FlowModelShape& shape, std::ostream& log)
{
    CheckOptions(options);
    CheckShape(shape);
    Training<FlowModel, TrainingSamples>(options, "flow", SAMPLE_EXTENSION, log)
        .Run(shape,
             [&](const TrainingSamples& samples)
             { return std::make_unique<FlowModel>(shape, samples.features, options.seed); });
}

void TrainPublishedModel(const TrainOptions& options, const PublishedModelShape& shape, std::ostream& log)
{
    CheckOptions(options);
    CheckShape(shape);
    Training<PublishedModel, PathMapSamples>(options, "path", PATH_MAP_EXTENSION, log)
        .Run(shape, [&](const PathMapSamples&) { return std::make_unique<PublishedModel>(shape, options.seed); });
}

} // namespace ns3::m3

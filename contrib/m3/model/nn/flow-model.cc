// SPDX-License-Identifier: GPL-2.0-only
#include "flow-model.h"

#include "flow-network.h"
#include "model-checkpoint.h"
#include "pooled-loss.h"
#include "torch-setup.h"

#include "features/feature-schema.h"
#include "features/flow-features.h"
#include "features/input-ranges.h"
#include "ns3/m3-input-error.h"

#include <boost/algorithm/string/predicate.hpp>
#include <torch/nn/module.h>
#include <torch/optim/adamw.h>
#include <torch/utils.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <future>
#include <limits>
#include <numeric>
#include <optional>

namespace ns3::m3
{

namespace
{

/// Inputs of some flows, padded to the longest route.
struct Batch
{
    torch::Tensor flow; //!< [batch, FLOW_INPUTS]
    torch::Tensor hop;  //!< [batch, hops, HOP_INPUTS]
    torch::Tensor mask; //!< [batch, 1 + hops]

    Batch To(torch::Device device) const
    {
        return {flow.to(device), hop.to(device), mask.to(device)};
    }
};

template <typename Index>
Batch MakeBatch(const FlowFeatures& features, const Index& flowAt, std::size_t count)
{
    uint32_t hops = 1;
    for (std::size_t i = 0; i < count; i++)
    {
        hops = std::max(hops, features.hopBegin[flowAt(i) + 1] - features.hopBegin[flowAt(i)]);
    }
    const auto rows = static_cast<int64_t>(count);
    Batch batch{torch::empty({rows, FLOW_INPUTS}),
                torch::zeros({rows, hops, HOP_INPUTS}),
                torch::zeros({rows, 1 + int64_t{hops}})};
    auto* flow = batch.flow.data_ptr<float>();
    auto* hop = batch.hop.data_ptr<float>();
    auto* mask = batch.mask.data_ptr<float>();
    for (std::size_t i = 0; i < count; i++)
    {
        const std::size_t id = flowAt(i);
        std::copy_n(&features.flow[id * FLOW_INPUTS], FLOW_INPUTS, flow + i * FLOW_INPUTS);
        const std::size_t begin = features.hopBegin[id];
        const std::size_t own = features.hopBegin[id + 1] - begin;
        std::copy_n(&features.hop[begin * HOP_INPUTS], own * HOP_INPUTS, hop + i * hops * HOP_INPUTS);
        for (std::size_t pad = own; pad < hops; pad++)
        {
            mask[i * (1 + hops) + 1 + pad] = -std::numeric_limits<float>::infinity();
        }
    }
    return batch;
}

/// Adds ranges of inputs that a model does not look at: any value.
void AllowAnyOfNew(InputRanges& ranges)
{
    if (!ranges.flowLow.empty())
    {
        constexpr float ANY = std::numeric_limits<float>::max();
        ranges.flowLow.resize(FLOW_INPUTS, -ANY);
        ranges.flowHigh.resize(FLOW_INPUTS, ANY);
        ranges.hopLow.resize(HOP_INPUTS, -ANY);
        ranges.hopHigh.resize(HOP_INPUTS, ANY);
    }
}

FlowCheckpoint ReadCheckpoint(const std::string& file)
{
    std::ifstream in = OpenBinaryFile(file);
    return ReadFlowCheckpoint(in, file);
}

} // namespace

class FlowModel::Impl
{
  public:
    explicit Impl(const FlowModelShape& modelShape)
        : shape((CheckShape(modelShape), modelShape)),
          network(modelShape)
    {
    }

    /// Mean pinball loss of a batch.
    torch::Tensor
    BatchLoss(const LabelledFlows& samples, const std::vector<uint32_t>& flows, const torch::Device& device)
    {
        const Batch batch = MakeBatch(
                                samples.features,
                                [&](std::size_t i) { return flows[i]; },
                                flows.size())
                                .To(device);
        auto target = torch::empty({static_cast<int64_t>(flows.size()), 1});
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            target.data_ptr<float>()[i] = std::log(samples.slowdown[flows[i]]);
        }
        auto levels = torch::empty({1, QUANTILES});
        for (uint32_t i = 0; i < QUANTILES; i++)
        {
            levels.data_ptr<float>()[i] = static_cast<float>(QuantileLevel(i));
        }
        levels = levels.to(device);
        target = target.to(device);
        const auto quantiles = network.Quantiles(batch.flow, batch.hop, batch.mask);
        const auto error = target - quantiles;
        const auto loss = torch::max(levels * error, (levels - 1) * error).mean();
        if (pooledWeight == 0)
        {
            return loss;
        }
        std::vector<uint32_t> networks(flows.size(), 0);
        for (std::size_t i = 0; i < flows.size() && !samples.network.empty(); i++)
        {
            networks[i] = samples.network[flows[i]];
        }
        return loss + pooledWeight * PooledLoss(quantiles, target, networks);
    }

    /**
     * Takes the weights and scales of a checkpoint for older features, which had fewer of them. Inputs that have come
     * since then keep their scales, and their weights are 0.
     */
    void Extend(const FlowCheckpoint& checkpoint)
    {
        torch::NoGradGuard noGrad;
        const auto from = [&checkpoint](const std::string& name, int64_t rows)
        {
            const std::vector<float>& values = checkpoint.network.weights.at(name);
            return torch::from_blob(const_cast<float*>(values.data()),
                                    {rows, static_cast<int64_t>(values.size()) / rows});
        };
        for (auto& item : network.Module().named_parameters())
        {
            torch::Tensor& to = item.value();
            const auto old = from(item.key(), to.size(0));
            if (old.numel() == to.numel())
            {
                to.copy_(old.view(to.sizes()));
                continue;
            }
            const bool ofHops = boost::ends_with(item.key(), "hop_embedding.weight") || item.key() == "gate_hop.weight";
            const int64_t delaysNow = ofHops ? HOP_DELAYS : FLOW_DELAYS;
            const int64_t delaysBefore = ofHops ? HOP_DELAYS_BEFORE : FLOW_DELAYS_BEFORE;
            const int64_t delays = checkpoint.features >= OLDEST_ANSWERING ? delaysNow : delaysBefore;
            const int64_t others = old.size(1) - delays;
            const int64_t othersNow = to.size(1) - delaysNow;
            to.zero_();
            to.slice(1, 0, others).copy_(old.slice(1, 0, others));
            to.slice(1, othersNow, othersNow + delays).copy_(old.slice(1, others));
        }
        for (auto& item : network.Module().named_buffers())
        {
            const auto old = from(item.key(), 1).view({-1});
            item.value().slice(0, 0, old.size(0)).copy_(old);
        }
    }

    FlowModelShape shape;
    FlowNetwork network;
    InputRanges ranges;
    std::array<HeldOutErrors, 2> errors; //!< without PFC, with it
    ErrorScale scale;
    Scope scope = Scope::NETWORK;
    double pooledWeight = 0; //!< of PooledLoss

    /// Those known are of the weights before.
    void ForgetErrors()
    {
        errors = {};
        scale = {};
    }
};

void FlowModel::Build(const FlowModelShape& shape)
{
    m_impl = std::make_unique<Impl>(shape);
    torch::optim::AdamWOptions options(1e-3);
    options.weight_decay(0.01);
    torch::nn::Module& network = m_impl->network.Module();
    Attach(network, std::make_unique<torch::optim::AdamW>(network.parameters(), options));
}

FlowModel::FlowModel(const FlowModelShape& shape, const FlowFeatures& inputs, uint64_t seed)
{
    torch::manual_seed(seed);
    Build(shape);
    m_impl->network.SetScales(inputs);
}

FlowModel::FlowModel(const std::string& checkpoint)
    : FlowModel(ReadCheckpoint(checkpoint), nullptr, checkpoint)
{
}

FlowModel::FlowModel(const std::string& checkpoint, const FlowFeatures& inputs)
    : FlowModel(ReadCheckpoint(checkpoint), &inputs, checkpoint)
{
}

FlowModel::FlowModel(const FlowCheckpoint& read, const FlowFeatures* inputs, const std::string& name)
{
    if (read.features < OLDEST_ANSWERING && !inputs)
    {
        throw InputError(name, 0, "", OTHER_FEATURES);
    }
    Build(read.shape);
    SetProgress(read.network);
    m_impl->ranges = read.ranges;
    m_impl->errors = read.errors;
    m_impl->scale = read.scale;
    m_impl->scope = read.scope;
    const std::string first = read.shape.experts == 1 ? "" : ExpertName(0) + '.';
    const auto hasAll = [&](const char* of, std::size_t inputs)
    { return read.network.weights.at(first + of).size() == inputs; };
    if (read.features >= OLDEST_ANSWERING && hasAll("flow_mean", FLOW_INPUTS) && hasAll("hop_mean", HOP_INPUTS))
    {
        SetWeights(read.network);
        return;
    }
    if (inputs)
    {
        m_impl->network.SetScales(*inputs);
    }
    else
    {
        AllowAnyOfNew(m_impl->ranges);
    }
    m_impl->Extend(read);
}

FlowModel::~FlowModel() = default;

void FlowModel::Save(const std::string& checkpoint, bool withOptimizer) const
{
    FlowCheckpoint written;
    written.shape = m_impl->shape;
    written.scope = m_impl->scope;
    written.ranges = m_impl->ranges;
    written.errors = m_impl->errors;
    written.scale = m_impl->scale;
    written.network = State(withOptimizer);
    WriteCheckpoint(written, checkpoint);
}

std::vector<float> FlowModel::Predict(const FlowFeatures& flows, uint32_t threads)
{
    constexpr std::size_t BATCH = 1024;
    std::vector<float> slowdowns(flows.Count() * QUANTILES);
    // flows with the same number of links together, so that little is padded
    std::vector<uint32_t> order(flows.Count());
    std::iota(order.begin(), order.end(), 0U);
    const auto hops = [&flows](uint32_t flow) { return flows.hopBegin[flow + 1] - flows.hopBegin[flow]; };
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return hops(a) < hops(b); });
    // each thread takes batches of its own: the products are too small to share one
    std::atomic<std::size_t> next{0};
    const auto work = [&]
    {
        torch::NoGradGuard noGrad;
        at::set_num_threads(1);
        for (std::size_t first = next.fetch_add(BATCH); first < order.size(); first = next.fetch_add(BATCH))
        {
            const std::size_t count = std::min(BATCH, order.size() - first);
            const Batch batch = MakeBatch(
                                    flows,
                                    [&](std::size_t i) { return order[first + i]; },
                                    count)
                                    .To(Device());
            const auto quantiles =
                m_impl->network.Quantiles(batch.flow, batch.hop, batch.mask).clamp_min(0).exp().contiguous().cpu();
            for (std::size_t i = 0; i < count; i++)
            {
                std::copy_n(quantiles.data_ptr<float>() + i * QUANTILES,
                            QUANTILES,
                            &slowdowns[std::size_t{order[first + i]} * QUANTILES]);
            }
        }
    };
    std::vector<std::future<void>> others;
    for (uint32_t i = 1; i < threads && i * BATCH < flows.Count(); i++)
    {
        others.push_back(std::async(std::launch::async, work));
    }
    work();
    for (auto& other : others)
    {
        other.get();
    }
    if (!std::all_of(slowdowns.begin(), slowdowns.end(), [](float value) { return std::isfinite(value); }))
    {
        throw InputError("the model gives slowdowns that are not finite; it was " + Text());
    }
    return slowdowns;
}

const InputRanges& FlowModel::Ranges() const
{
    return m_impl->ranges;
}

void FlowModel::SetRanges(const InputRanges& ranges)
{
    m_impl->ranges = ranges;
}

HeldOutErrors FlowModel::HeldOut(bool pfc) const
{
    return m_impl->errors[pfc ? 1 : 0];
}

void FlowModel::SetHeldOut(bool pfc, const HeldOutErrors& errors)
{
    m_impl->errors[pfc ? 1 : 0] = errors;
}

const ErrorScale& FlowModel::Errors() const
{
    return m_impl->scale;
}

void FlowModel::SetErrors(const ErrorScale& scale)
{
    m_impl->scale = scale;
}

void FlowModel::MixWith(const FlowModel& other, double share)
{
    torch::NoGradGuard noGrad;
    const auto others = other.m_impl->network.Module().named_parameters();
    const auto otherBuffers = other.m_impl->network.Module().named_buffers();
    const InputError different("checkpoints of different shapes cannot be mixed");
    if (others.size() != m_impl->network.Module().named_parameters().size())
    {
        throw different;
    }
    const auto mix = [&](torch::Tensor& to, const torch::Tensor* from)
    {
        if (!from || from->sizes() != to.sizes())
        {
            throw different;
        }
        to.mul_(share).add_(*from, 1 - share);
    };
    for (auto& item : m_impl->network.Module().named_parameters())
    {
        mix(item.value(), others.find(item.key()));
    }
    for (auto& item : m_impl->network.Module().named_buffers()) // scales of the inputs
    {
        mix(item.value(), otherBuffers.find(item.key()));
    }
    m_impl->ForgetErrors();
    WidenRanges(other.Ranges());
}

void FlowModel::WidenRanges(const InputRanges& more)
{
    InputRanges& ranges = m_impl->ranges;
    if (ranges.flowLow.size() != more.flowLow.size() || ranges.hopLow.size() != more.hopLow.size())
    {
        ranges = {}; // not known of one of them
        return;
    }
    using Choice = const float& (*)(const float&, const float&);
    const auto widen = [](std::vector<float>& to, const std::vector<float>& from, Choice choose)
    { std::transform(to.begin(), to.end(), from.begin(), to.begin(), choose); };
    widen(ranges.flowLow, more.flowLow, std::min<float>);
    widen(ranges.flowHigh, more.flowHigh, std::max<float>);
    widen(ranges.hopLow, more.hopLow, std::min<float>);
    widen(ranges.hopHigh, more.hopHigh, std::max<float>);
}

void FlowModel::JoinWith(const FlowModel& other)
{
    FlowModelShape shape = m_impl->shape;
    const FlowModelShape& more = other.m_impl->shape;
    if (shape.width != more.width || shape.perceptrons != more.perceptrons || shape.layers != more.layers ||
        shape.heads != more.heads || shape.hidden != more.hidden)
    {
        throw InputError("checkpoints of different shapes cannot be joined");
    }
    NetworkCheckpoint joined = State(false);
    joined.weights.clear();
    uint32_t expert = 0;
    for (const FlowModel* part : {static_cast<const FlowModel*>(this), &other})
    {
        const Weights weights = part->State(false).weights;
        const uint32_t experts = part->m_impl->shape.experts;
        for (uint32_t of = 0; of < experts; of++)
        {
            const std::string from = experts == 1 ? "" : ExpertName(of) + '.';
            for (const auto& [name, values] : weights)
            {
                if (boost::starts_with(name, from) && !boost::starts_with(name, "gate_"))
                {
                    joined.weights[ExpertName(expert) + '.' + name.substr(from.size())] = values;
                }
            }
            expert++;
        }
    }
    shape.experts = expert;
    CheckShape(shape);
    const std::unique_ptr<Impl> before = std::move(m_impl);
    Build(shape);
    m_impl->ranges = before->ranges;
    m_impl->scope = before->scope;
    WidenRanges(other.Ranges());
    const Weights gate = State(false).weights;
    joined.weights.insert(gate.begin(), gate.end()); // those that are not there yet
    SetProgress(joined);
    SetWeights(joined);
}

void FlowModel::TrainGateAlone()
{
    if (m_impl->shape.experts == 1)
    {
        throw InputError("the model has one network, and no gate to train; --join makes one of two");
    }
    m_impl->network.TrainGateAlone();
}

std::string FlowModel::Description() const
{
    return Text();
}

Scope FlowModel::TrainedScope() const
{
    return m_impl->scope;
}

void FlowModel::SetTrainedScope(Scope scope)
{
    m_impl->scope = scope;
}

std::string FlowModel::Architecture() const
{
    const FlowModelShape& shape = m_impl->shape;
    return "per-flow transformer " + std::to_string(shape.width) + "x" + std::to_string(shape.layers) +
           (shape.perceptrons ? " on " + std::to_string(shape.perceptrons) + " perceptrons" : "") +
           (shape.experts > 1 ? ", " + std::to_string(shape.experts) + " experts" : "");
}

void FlowModel::SetPooledWeight(double weight)
{
    m_impl->pooledWeight = weight;
}

double FlowModel::TrainStep(const LabelledFlows& samples, const std::vector<uint32_t>& flows, double learningRate)
{
    const double loss = MakeStep(learningRate, [&] { return m_impl->BatchLoss(samples, flows, Device()); });
    if (std::isfinite(loss))
    {
        m_impl->ForgetErrors();
    }
    return loss;
}

double FlowModel::Loss(const LabelledFlows& samples, const std::vector<uint32_t>& flows)
{
    torch::NoGradGuard noGrad;
    return m_impl->BatchLoss(samples, flows, Device()).item<double>();
}

} // namespace ns3::m3

/// What libm3 looks up in this library. \return to be deleted by the caller \throws InputError
extern "C" ns3::m3::CorrectionModel* M3LoadCorrectionModel(const char* checkpoint)
{
    ns3::m3::SetUpTorch(1);
    return new ns3::m3::FlowModel(checkpoint);
}

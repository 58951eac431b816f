#include "flow-model.h"

#include "flow-network.h"
#include "torch-support.h"

#include "ns3/input-error.h"

#include <torch/nn/module.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>
#include <torch/serialize/archive.h>
#include <torch/utils.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <numeric>

namespace ns3::m3
{

namespace
{

constexpr const char* CHECKPOINT_KIND = "version";
constexpr int64_t CHECKPOINT_VERSION = 1;

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

/// Calls `use` with each part of the ranges and its key in a checkpoint.
template <typename Use>
void ForEachRange(InputRanges& ranges, const Use& use)
{
    use("flow_low", ranges.flowLow);
    use("flow_high", ranges.flowHigh);
    use("hop_low", ranges.hopLow);
    use("hop_high", ranges.hopHigh);
}

} // namespace

class FlowModel::Impl
{
  public:
    explicit Impl(const FlowModelShape& modelShape)
        : shape(modelShape),
          network(modelShape)
    {
        torch::optim::AdamWOptions options(1e-3);
        options.weight_decay(0.01);
        optimizer = std::make_unique<torch::optim::AdamW>(network.Module().parameters(), options);
    }

    torch::Tensor BatchLoss(const TrainingSamples& samples, const std::vector<uint32_t>& flows)
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
        auto error = target.to(device) - network.Quantiles(batch.flow, batch.hop, batch.mask);
        return torch::max(levels * error, (levels - 1) * error).mean();
    }

    /**
     * Takes the weights and scales of a checkpoint for version 2, 3 or 4 of the features, which had fewer of them.
     * Inputs that have come since then keep their scales, and their weights are 0.
     */
    void Extend(torch::serialize::InputArchive& archive)
    {
        torch::NoGradGuard noGrad;
        const auto flow = static_cast<int64_t>(ranges.flowLow.size());
        const auto hop = static_cast<int64_t>(ranges.hopLow.size());
        constexpr int64_t FLOW_DELAYS_THEN = 5; // the first of those there are now
        constexpr int64_t HOP_DELAYS_THEN = 3;
        FlowNetwork old(shape, InputCounts{flow, flow + FLOW_DELAYS_THEN, hop, hop + HOP_DELAYS_THEN});
        torch::optim::AdamW ofOld(old.Module().parameters());
        ReadState(archive, old.Module(), ofOld);
        const auto weights = old.Module().named_parameters();
        for (auto& item : network.Module().named_parameters())
        {
            const torch::Tensor& from = weights[item.key()];
            torch::Tensor& to = item.value();
            if (from.sizes() == to.sizes())
            {
                to.copy_(from);
                continue;
            }
            const bool ofHops = item.key() == "hop_embedding.weight";
            const int64_t delays = ofHops ? HOP_DELAYS_THEN : FLOW_DELAYS_THEN;
            const int64_t others = from.size(1) - delays;
            const int64_t othersNow = to.size(1) - (ofHops ? HOP_DELAYS : FLOW_DELAYS);
            to.zero_();
            to.slice(1, 0, others).copy_(from.slice(1, 0, others));
            to.slice(1, othersNow, othersNow + delays).copy_(from.slice(1, others));
        }
        const auto scales = old.Module().named_buffers();
        for (auto& item : network.Module().named_buffers())
        {
            const torch::Tensor& from = scales[item.key()];
            item.value().slice(0, 0, from.size(0)).copy_(from);
        }
    }

    FlowModelShape shape;
    FlowNetwork network;
    std::unique_ptr<torch::optim::AdamW> optimizer;
    torch::Device device = torch::kCPU;
    std::string description;
    uint64_t steps = 0;
    InputRanges ranges;
    std::array<HeldOutErrors, 2> errors; //!< without PFC, with it
};

FlowModel::FlowModel(const FlowModelShape& shape, const FlowFeatures& inputs, uint64_t seed)
{
    torch::manual_seed(seed);
    m_impl = std::make_unique<Impl>(shape);
    m_impl->network.SetScales(inputs);
}

FlowModel::FlowModel(const std::string& checkpoint)
    : FlowModel(checkpoint, nullptr)
{
}

FlowModel::FlowModel(const std::string& checkpoint, const FlowFeatures& inputs)
    : FlowModel(checkpoint, &inputs)
{
}

FlowModel::FlowModel(const std::string& checkpoint, const FlowFeatures* inputs)
{
    ReadCheckpoint(
        checkpoint,
        CHECKPOINT_KIND,
        CHECKPOINT_VERSION,
        [&](torch::serialize::InputArchive& archive)
        {
            const auto features = ReadNumber(archive, "features");
            FlowModelShape shape;
            shape.width = static_cast<uint32_t>(ReadNumber(archive, "width"));
            shape.layers = static_cast<uint32_t>(ReadNumber(archive, "layers"));
            shape.heads = static_cast<uint32_t>(ReadNumber(archive, "heads"));
            shape.hidden = static_cast<uint32_t>(ReadNumber(archive, "hidden"));
            c10::IValue perceptrons; // older checkpoints have none
            shape.perceptrons =
                archive.try_read("perceptrons", perceptrons) ? static_cast<uint32_t>(perceptrons.toInt()) : 0;
            m_impl = std::make_unique<Impl>(shape);
            m_impl->steps = static_cast<uint64_t>(ReadNumber(archive, "steps"));
            m_impl->description = ReadText(archive, "description");
            ForEachRange(m_impl->ranges,
                         [&archive](const char* key, std::vector<float>& values)
                         { values = ReadFloats(archive, key); });
            const std::vector<float> errors = ReadFloats(archive, "held_out_errors");
            for (std::size_t i = 0; 3 * i < errors.size() && i < m_impl->errors.size(); i++)
            {
                const float* of = &errors[3 * i];
                m_impl->errors[i] = {static_cast<uint32_t>(of[0]), {of[1], of[2]}};
            }
            if (features == FEATURE_VERSION)
            {
                ReadState(archive, m_impl->network.Module(), *m_impl->optimizer);
            }
            else if (features >= 2 && features < FEATURE_VERSION && inputs && !m_impl->ranges.flowLow.empty())
            {
                m_impl->network.SetScales(*inputs);
                m_impl->Extend(archive);
            }
            else
            {
                throw InputError(checkpoint, 0, "", "was made for other features than this m3 has");
            }
        });
}

FlowModel::~FlowModel() = default;

void FlowModel::Save(const std::string& checkpoint, bool withOptimizer) const
{
    WriteCheckpoint(
        checkpoint,
        CHECKPOINT_KIND,
        CHECKPOINT_VERSION,
        [&](torch::serialize::OutputArchive& archive)
        {
            WriteNumber(archive, "features", FEATURE_VERSION);
            WriteNumber(archive, "width", m_impl->shape.width);
            WriteNumber(archive, "layers", m_impl->shape.layers);
            WriteNumber(archive, "heads", m_impl->shape.heads);
            WriteNumber(archive, "hidden", m_impl->shape.hidden);
            WriteNumber(archive, "perceptrons", m_impl->shape.perceptrons);
            WriteNumber(archive, "steps", m_impl->steps);
            WriteText(archive, "description", m_impl->description);
            ForEachRange(m_impl->ranges,
                         [&archive](const char* key, std::vector<float>& values)
                         { WriteFloats(archive, key, values); });
            std::vector<float> errors;
            for (const HeldOutErrors& of : m_impl->errors)
            {
                errors.insert(errors.end(),
                              {static_cast<float>(of.networks),
                               static_cast<float>(of.truthOverEstimate.low),
                               static_cast<float>(of.truthOverEstimate.high)});
            }
            WriteFloats(archive, "held_out_errors", errors);
            WriteState(archive, m_impl->network.Module(), withOptimizer ? m_impl->optimizer.get() : nullptr);
        });
}

std::vector<float> FlowModel::Predict(const FlowFeatures& flows, uint32_t threads)
{
    constexpr std::size_t BATCH = 1024;
    std::vector<float> slowdowns(flows.Count() * QUANTILES);
    // flows of as many links together, so that little is padded
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
                                    .To(m_impl->device);
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

HeldOutErrors FlowModel::ErrorsElsewhere(bool pfc) const
{
    return m_impl->errors[pfc ? 1 : 0];
}

void FlowModel::SetErrorsElsewhere(bool pfc, const HeldOutErrors& errors)
{
    m_impl->errors[pfc ? 1 : 0] = errors;
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
    m_impl->errors = {};
    InputRanges& ranges = m_impl->ranges;
    const InputRanges& more = other.Ranges();
    if (ranges.flowLow.size() != more.flowLow.size() || ranges.hopLow.size() != more.hopLow.size())
    {
        ranges = {}; // not known of one of them
    }
    using Choice = const float& (*)(const float&, const float&);
    const auto widen = [](std::vector<float>& to, const std::vector<float>& from, Choice choose)
    { std::transform(to.begin(), to.end(), from.begin(), to.begin(), choose); };
    widen(ranges.flowLow, more.flowLow, std::min<float>);
    widen(ranges.flowHigh, more.flowHigh, std::max<float>);
    widen(ranges.hopLow, more.hopLow, std::min<float>);
    widen(ranges.hopHigh, more.hopHigh, std::max<float>);
}

std::string FlowModel::Description() const
{
    return m_impl->description;
}

void FlowModel::SetDescription(const std::string& description)
{
    m_impl->description = description;
}

void FlowModel::UseDevice(const std::string& device)
{
    m_impl->device = MoveTo(device, m_impl->network.Module(), *m_impl->optimizer);
}

uint64_t FlowModel::Steps() const
{
    return m_impl->steps;
}

void FlowModel::RestartSteps()
{
    m_impl->steps = 0;
}

std::string FlowModel::Architecture() const
{
    const FlowModelShape& shape = m_impl->shape;
    return "per-flow transformer " + std::to_string(shape.width) + "x" + std::to_string(shape.layers) +
           (shape.perceptrons ? " on " + std::to_string(shape.perceptrons) + " perceptrons" : "");
}

double FlowModel::TrainStep(const TrainingSamples& samples, const std::vector<uint32_t>& flows, double learningRate)
{
    constexpr double LARGEST_GRADIENT = 1;
    for (auto& group : m_impl->optimizer->param_groups())
    {
        static_cast<torch::optim::AdamWOptions&>(group.options()).lr(learningRate);
    }
    m_impl->optimizer->zero_grad();
    auto loss = m_impl->BatchLoss(samples, flows);
    loss.backward();
    torch::nn::utils::clip_grad_norm_(m_impl->network.Module().parameters(), LARGEST_GRADIENT);
    m_impl->optimizer->step();
    m_impl->errors = {};
    m_impl->steps++;
    return loss.item<double>();
}

double FlowModel::Loss(const TrainingSamples& samples, const std::vector<uint32_t>& flows)
{
    torch::NoGradGuard noGrad;
    return m_impl->BatchLoss(samples, flows).item<double>();
}

} // namespace ns3::m3

/// What libm3 looks up in this library. \return to be deleted by the caller \throws InputError
extern "C" ns3::m3::CorrectionModel* M3LoadCorrectionModel(const char* checkpoint)
{
    ns3::m3::SetUpTorch(1);
    return new ns3::m3::FlowModel(checkpoint);
}

#include "flow-model.h"

#include "token-attention.h"
#include "torch-support.h"

#include "ns3/input-error.h"

#include <torch/torch.h>

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

/// One block of pre-norm attention and perceptron (Vaswani et al. 2017; Xiong et al. 2020).
class BlockImpl : public torch::nn::Module
{
  public:
    BlockImpl(int64_t width, int64_t heads)
        : m_heads(heads)
    {
        norm1 = register_module("norm1", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));
        norm2 = register_module("norm2", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));
        qkv = register_module("qkv", torch::nn::Linear(width, 3 * width));
        out = register_module("out", torch::nn::Linear(width, width));
        up = register_module("up", torch::nn::Linear(width, 2 * width));
        down = register_module("down", torch::nn::Linear(2 * width, width));
    }

    /**
     * \param x [batch, tokens, width] \param mask [batch, tokens], 0 or minus infinity
     * \return [batch, tokens, width]
     */
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& mask)
    {
        const int64_t width = x.size(2);
        const auto rows = x.reshape({-1, width}); // LibTorch makes products of two dimensions faster
        const auto all = qkv(norm1(rows)).view({x.size(0), x.size(1), 3 * width});
        const auto part = [&](Part which) { return all.slice(2, which * width, (which + 1) * width); };
        const auto mixed = TokenAttention(part(QUERIES), part(KEYS), part(VALUES), mask, m_heads);
        return Perceptron(rows + out(mixed.view({-1, width}))).view(x.sizes());
    }

    /**
     * The first token of what forward() returns, as [batch, width]. With one query it takes less time to bring the
     * query of each head before the weights of its keys, and the mean of the tokens before those of its values, than to
     * make keys and values of every token. Biases of keys add the same to all scores: no share depends on them.
     */
    torch::Tensor First(const torch::Tensor& x, const torch::Tensor& mask)
    {
        const int64_t batch = x.size(0);
        const int64_t width = x.size(2);
        const int64_t each = width / m_heads;
        const auto normed = norm1(x.view({-1, width})).view(x.sizes());
        const auto weights = [&](Part part) { return qkv->weight.slice(0, part * width, (part + 1) * width); };
        const auto biases = [&](Part part) { return qkv->bias.slice(0, part * width, (part + 1) * width); };
        const auto weightsByHead = [&](Part part) { return weights(part).view({m_heads, each, width}); };
        const auto byHead = [&](const torch::Tensor& rows, int64_t columns) {
            return rows.view({batch, m_heads, columns}).transpose(0, 1);
        };
        const auto query = byHead(torch::linear(normed.select(1, 0), weights(QUERIES), biases(QUERIES)), each);
        // scores are divided by the square root of a head's width, which is that of a token in what follows
        const double scale = std::sqrt(static_cast<double>(width) / static_cast<double>(each));
        const auto asked = torch::bmm(query * scale, weightsByHead(KEYS)).transpose(0, 1);
        const auto heard = TokenAttention(asked, normed, normed, mask, 1);
        const auto mixed = torch::bmm(byHead(heard, width), weightsByHead(VALUES).transpose(1, 2)).transpose(0, 1);
        return Perceptron(x.select(1, 0) + out(mixed.reshape({batch, width}) + biases(VALUES)));
    }

  private:
    /// One product has the weights of queries, keys and values, in this order.
    enum Part
    {
        QUERIES,
        KEYS,
        VALUES
    };

    torch::Tensor Perceptron(const torch::Tensor& y) // [rows, width]
    {
        return y + down(torch::gelu(up(norm2(y))));
    }

    int64_t m_heads;
    torch::nn::LayerNorm norm1{nullptr};
    torch::nn::LayerNorm norm2{nullptr};
    torch::nn::Linear qkv{nullptr};
    torch::nn::Linear out{nullptr};
    torch::nn::Linear up{nullptr};
    torch::nn::Linear down{nullptr};
};

TORCH_MODULE(Block);

/// The one input `index` of the last dimension, which stays.
torch::Tensor Input(const torch::Tensor& inputs, int64_t index)
{
    return inputs.slice(-1, index, index + 1);
}

constexpr int64_t FLOW_DELAYS = 5;
constexpr int64_t HOP_DELAYS = 3;

/// Numbers of inputs, Delays included.
struct InputCounts
{
    int64_t flow = FLOW_INPUTS;
    int64_t flowAndDelays = FLOW_INPUTS + FLOW_DELAYS;
    int64_t hop = HOP_INPUTS;
    int64_t hopAndDelays = HOP_INPUTS + HOP_DELAYS;
};

/**
 * Queueing delays over the flow's own ideal FCT, logarithms of 1 + each: what a flow would lose that met the queues of
 * its hops and nothing else. The inputs have delays and ideal FCT in base RTTs; to divide one by the other is what
 * networks of this kind learn badly. A queue counts as it is, and no longer than where the control begins to hold it
 * down in earnest: K of DCTCP, Kmax of DCQCN, T_high of TIMELY.
 */
struct Delays
{
    torch::Tensor flow; //!< [batch, FLOW_DELAYS]: sums over the hops
    torch::Tensor hop;  //!< [batch, hops, HOP_DELAYS]

    /// Inputs as in Batch, not scaled; padded hops are 0 and add nothing.
    Delays(const torch::Tensor& flowInputs, const torch::Tensor& hopInputs)
    {
        constexpr double NO_LIMIT = 1e6;
        const auto perIdeal = torch::exp(-Input(flowInputs, LOG_IDEAL)).unsqueeze(1);
        const auto limitIf = [&](FlowInput is, FlowInput log)
        { return Input(flowInputs, is) * torch::exp(Input(flowInputs, log)); };
        auto limit =
            limitIf(IS_DCTCP, LOG_DCTCP_K) + limitIf(IS_DCQCN, LOG_DCQCN_KMAX) + limitIf(IS_TIMELY, LOG_TIMELY_HIGH);
        limit = torch::where(limit > 0, limit, torch::full_like(limit, NO_LIMIT)).unsqueeze(1);
        const auto inSwitches = 1 - Input(hopInputs, IS_FIRST); // a NIC serves its flows in turn: nobody waits there
        const auto delay = [&](HopInput input) { return torch::expm1(Input(hopInputs, input)) * inSwitches; };
        const auto queue = delay(QUEUE);
        const auto limited = torch::minimum(queue, limit);
        const auto backlog = delay(WINDOW_BACKLOG);
        hop = torch::log1p(torch::cat({queue, limited, backlog}, 2) * perIdeal);
        flow =
            torch::log1p(torch::cat({queue, limited, backlog, delay(RECENT_QUEUE), delay(LIFETIME_QUEUE)}, 2).sum(1) *
                         perIdeal.squeeze(1));
    }
};

/// What it computes is the same in training and after: train() and eval() change nothing.
class NetworkImpl : public torch::nn::Module
{
  public:
    explicit NetworkImpl(const FlowModelShape& shape, const InputCounts& inputs = {})
    {
        flowMean = register_buffer("flow_mean", torch::zeros({inputs.flow}));
        flowScale = register_buffer("flow_scale", torch::ones({inputs.flow}));
        hopMean = register_buffer("hop_mean", torch::zeros({inputs.hop}));
        hopScale = register_buffer("hop_scale", torch::ones({inputs.hop}));
        flowEmbedding = register_module("flow_embedding", torch::nn::Linear(inputs.flowAndDelays, shape.width));
        hopEmbedding = register_module("hop_embedding", torch::nn::Linear(inputs.hopAndDelays, shape.width));
        for (uint32_t layer = 0; layer < shape.layers; layer++)
        {
            blocks.push_back(register_module("block" + std::to_string(layer), Block(shape.width, shape.heads)));
        }
        norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({shape.width})));
        hidden1 = register_module("hidden1", torch::nn::Linear(shape.width + inputs.flowAndDelays, shape.hidden));
        hidden2 = register_module("hidden2", torch::nn::Linear(shape.hidden, shape.hidden));
        last = register_module("last", torch::nn::Linear(shape.hidden, QUANTILES));
    }

    /// \return [batch, QUANTILES]: quantiles of the logarithm of the slowdown
    torch::Tensor forward(const torch::Tensor& flow, const torch::Tensor& hop, const torch::Tensor& mask)
    {
        constexpr double LIMIT = 8; // deviations; keeps what training never saw from exploding
        const Delays delays(flow, hop);
        const auto scaledFlow = torch::cat({((flow - flowMean) / flowScale).clamp(-LIMIT, LIMIT), delays.flow}, 1);
        const auto scaledHop = torch::cat({((hop - hopMean) / hopScale).clamp(-LIMIT, LIMIT), delays.hop}, 2);
        const auto hopTokens = hopEmbedding(scaledHop.view({-1, scaledHop.size(2)}));
        auto x = torch::cat({flowEmbedding(scaledFlow).unsqueeze(1),
                             hopTokens.view({scaledHop.size(0), scaledHop.size(1), hopTokens.size(1)})},
                            1);
        for (std::size_t layer = 0; layer + 1 < blocks.size(); layer++)
        {
            x = blocks[layer](x, mask);
        }
        auto head = torch::cat({norm(blocks.back()->First(x, mask)), scaledFlow}, 1);
        head = torch::gelu(hidden1(head));
        head = head + torch::gelu(hidden2(head));
        auto raw = last(head);
        auto first = raw.slice(1, 0, 1) + Input(flow, LOG_FLUID);
        constexpr double START = -3; // steps begin small
        auto steps = torch::softplus(raw.slice(1, 1) + START);
        return torch::cat({first, first + steps.cumsum(1)}, 1);
    }

    torch::Tensor flowMean;
    torch::Tensor flowScale;
    torch::Tensor hopMean;
    torch::Tensor hopScale;

  private:
    torch::nn::Linear flowEmbedding{nullptr};
    torch::nn::Linear hopEmbedding{nullptr};
    std::vector<Block> blocks;
    torch::nn::LayerNorm norm{nullptr};
    torch::nn::Linear hidden1{nullptr};
    torch::nn::Linear hidden2{nullptr};
    torch::nn::Linear last{nullptr};
};

TORCH_MODULE(Network);

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

void SetScale(const std::vector<float>& values, uint32_t inputs, torch::Tensor& mean, torch::Tensor& scale)
{
    const auto rows = static_cast<int64_t>(values.size() / inputs);
    auto table = torch::from_blob(const_cast<float*>(values.data()), {rows, inputs}).to(torch::kFloat64);
    mean.copy_(table.mean(0));
    auto deviation = table.std(0, false);
    // an input that never varies stays out of the way
    scale.copy_(torch::where(deviation > 1e-4, deviation, torch::ones_like(deviation)));
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
        optimizer = std::make_unique<torch::optim::AdamW>(network->parameters(), options);
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
        auto error = target.to(device) - network(batch.flow, batch.hop, batch.mask);
        return torch::max(levels * error, (levels - 1) * error).mean();
    }

    /// Means and deviations of the data scale the inputs.
    void SetScales(const FlowFeatures& inputs)
    {
        torch::NoGradGuard noGrad;
        SetScale(inputs.flow, FLOW_INPUTS, network->flowMean, network->flowScale);
        SetScale(inputs.hop, HOP_INPUTS, network->hopMean, network->hopScale);
    }

    /**
     * Takes the weights and scales of a checkpoint for an older version of the features, which had fewer of them, and
     * no Delays in version 1. Inputs that have come since then keep their scales, and their weights are 0.
     */
    void Extend(torch::serialize::InputArchive& archive, int64_t version)
    {
        torch::NoGradGuard noGrad;
        const auto flow = static_cast<int64_t>(ranges.flowLow.size());
        const auto hop = static_cast<int64_t>(ranges.hopLow.size());
        const int64_t flowDelays = version > 1 ? FLOW_DELAYS : 0;
        const int64_t hopDelays = version > 1 ? HOP_DELAYS : 0;
        Network old(shape, InputCounts{flow, flow + flowDelays, hop, hop + hopDelays});
        torch::optim::AdamW ofOld(old->parameters());
        ReadState(archive, *old, ofOld);
        const auto weights = old->named_parameters();
        for (auto& item : network->named_parameters())
        {
            const torch::Tensor& from = weights[item.key()];
            torch::Tensor& to = item.value();
            if (from.sizes() == to.sizes())
            {
                to.copy_(from);
                continue;
            }
            const int64_t delays = item.key() == "hop_embedding.weight" ? hopDelays : flowDelays;
            const int64_t others = from.size(1) - delays;
            to.zero_();
            to.slice(1, 0, others).copy_(from.slice(1, 0, others));
            to.slice(1, to.size(1) - delays).copy_(from.slice(1, others));
        }
        const auto scales = old->named_buffers();
        for (auto& item : network->named_buffers())
        {
            const torch::Tensor& from = scales[item.key()];
            item.value().slice(0, 0, from.size(0)).copy_(from);
        }
    }

    FlowModelShape shape;
    Network network;
    std::unique_ptr<torch::optim::AdamW> optimizer;
    torch::Device device = torch::kCPU;
    std::string description;
    uint64_t steps = 0;
    InputRanges ranges;
};

FlowModel::FlowModel(const FlowModelShape& shape, const FlowFeatures& inputs, uint64_t seed)
{
    torch::manual_seed(seed);
    m_impl = std::make_unique<Impl>(shape);
    m_impl->SetScales(inputs);
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
    ReadCheckpoint(checkpoint,
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
                       m_impl = std::make_unique<Impl>(shape);
                       m_impl->steps = static_cast<uint64_t>(ReadNumber(archive, "steps"));
                       m_impl->description = ReadText(archive, "description");
                       ForEachRange(m_impl->ranges,
                                    [&archive](const char* key, std::vector<float>& values)
                                    { values = ReadFloats(archive, key); });
                       if (features == FEATURE_VERSION)
                       {
                           ReadState(archive, *m_impl->network, *m_impl->optimizer);
                       }
                       else if (features < FEATURE_VERSION && inputs && !m_impl->ranges.flowLow.empty())
                       {
                           m_impl->SetScales(*inputs);
                           m_impl->Extend(archive, features);
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
    WriteCheckpoint(checkpoint,
                    CHECKPOINT_KIND,
                    CHECKPOINT_VERSION,
                    [&](torch::serialize::OutputArchive& archive)
                    {
                        WriteNumber(archive, "features", FEATURE_VERSION);
                        WriteNumber(archive, "width", m_impl->shape.width);
                        WriteNumber(archive, "layers", m_impl->shape.layers);
                        WriteNumber(archive, "heads", m_impl->shape.heads);
                        WriteNumber(archive, "hidden", m_impl->shape.hidden);
                        WriteNumber(archive, "steps", m_impl->steps);
                        WriteText(archive, "description", m_impl->description);
                        ForEachRange(m_impl->ranges,
                                     [&archive](const char* key, std::vector<float>& values)
                                     { WriteFloats(archive, key, values); });
                        WriteState(archive, *m_impl->network, withOptimizer ? m_impl->optimizer.get() : nullptr);
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
                m_impl->network(batch.flow, batch.hop, batch.mask).clamp_min(0).exp().contiguous().cpu();
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

void FlowModel::MixWith(const FlowModel& other, double share)
{
    torch::NoGradGuard noGrad;
    const auto others = other.m_impl->network->named_parameters();
    const auto otherBuffers = other.m_impl->network->named_buffers();
    const auto mix = [share](torch::Tensor& to, const torch::Tensor* from)
    {
        if (!from || from->sizes() != to.sizes())
        {
            throw InputError("checkpoints of different shapes cannot be mixed");
        }
        to.mul_(share).add_(*from, 1 - share);
    };
    for (auto& item : m_impl->network->named_parameters())
    {
        mix(item.value(), others.find(item.key()));
    }
    for (auto& item : m_impl->network->named_buffers()) // scales of the inputs
    {
        mix(item.value(), otherBuffers.find(item.key()));
    }
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
    m_impl->device = MoveTo(device, *m_impl->network, *m_impl->optimizer);
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
    return "per-flow transformer " + std::to_string(m_impl->shape.width) + "x" + std::to_string(m_impl->shape.layers);
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
    torch::nn::utils::clip_grad_norm_(m_impl->network->parameters(), LARGEST_GRADIENT);
    m_impl->optimizer->step();
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

// SPDX-License-Identifier: GPL-2.0-only
#include "flow-network.h"

#include "model-checkpoint.h"
#include "token-attention.h"

#include "features/feature-schema.h"
#include "features/flow-features.h"

#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>
#include <torch/types.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

namespace
{

constexpr int64_t FLOW_ALL = FLOW_INPUTS + FLOW_DELAYS;
constexpr int64_t HOP_ALL = HOP_INPUTS + HOP_DELAYS;

/// The one input `index` of the last dimension, which stays.
torch::Tensor Input(const torch::Tensor& inputs, int64_t index)
{
    return inputs.slice(-1, index, index + 1);
}

/**
 * Queueing delays over the flow's own ideal FCT, logarithms of 1 + each: what a flow would lose that met the queues of
 * its hops and nothing else. The inputs have delays and ideal FCT in base RTTs; to divide one by the other is what
 * networks of this kind learn badly. A queue counts as it is, no longer than where the control begins to hold it down
 * in earnest (K of DCTCP, Kmax of DCQCN, T_high of TIMELY), and no longer than where it begins to (K, Kmin, T_low).
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
        const auto is = [&](uint32_t control) { return Input(flowInputs, control); };
        const auto plain = [&](uint32_t log) { return torch::exp(Input(flowInputs, log)); };
        const auto k = is(IS_DCTCP) * plain(LOG_DCTCP_K);
        const auto others = NO_LIMIT * (1 - is(IS_DCTCP) - is(IS_DCQCN) - is(IS_TIMELY)).clamp_min(0);
        const auto high = k + is(IS_DCQCN) * plain(LOG_DCQCN_KMAX) + is(IS_TIMELY) * plain(LOG_TIMELY_HIGH) + others;
        // T_low is of a round trip, of which about one base RTT is no queue
        const auto low = k + is(IS_DCQCN) * plain(LOG_DCQCN_KMIN) +
                         is(IS_TIMELY) * (plain(LOG_TIMELY_LOW) - 1).clamp_min(0) + others;
        const auto inSwitches = 1 - Input(hopInputs, IS_FIRST); // a NIC serves its flows in turn: nobody waits there
        const auto delay = [&](uint32_t input) { return torch::expm1(Input(hopInputs, input)) * inSwitches; };
        const auto queue = delay(QUEUE);
        const auto limited = torch::minimum(queue, high.unsqueeze(1));
        const auto backlog = delay(WINDOW_BACKLOG);
        const auto minDelay = torch::minimum(queue, low.unsqueeze(1));
        hop = torch::log1p(torch::cat({queue, limited, backlog, minDelay}, 2) * perIdeal);
        const auto sums =
            torch::cat({queue, limited, backlog, delay(RECENT_QUEUE), delay(LIFETIME_QUEUE), minDelay}, 2).sum(1);
        flow = torch::log1p(sums * perIdeal.squeeze(1));
    }
};

/// \param values [rows][inputs]
void SetScale(const std::vector<float>& values, uint32_t inputs, torch::Tensor& mean, torch::Tensor& scale)
{
    const auto rows = static_cast<int64_t>(values.size() / inputs);
    auto table = torch::from_blob(const_cast<float*>(values.data()), {rows, inputs}).to(torch::kFloat64);
    mean.copy_(table.mean(0));
    auto deviation = table.std(0, false);
    // an input that never varies stays out of the way
    scale.copy_(torch::where(deviation > 1e-4, deviation, torch::ones_like(deviation)));
}

} // namespace

/// One block of pre-norm attention and perceptron (Vaswani et al. 2017; Xiong et al. 2020).
class FlowNetwork::AttentionBlock : public torch::nn::Module
{
  public:
    AttentionBlock(int64_t width, int64_t heads)
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
        const auto attended = TokenAttention(asked, normed, normed, mask, 1);
        const auto mixed = torch::bmm(byHead(attended, width), weightsByHead(VALUES).transpose(1, 2)).transpose(0, 1);
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

/// A perceptron beside a token: what it says is added.
class FlowNetwork::TokenPerceptron : public torch::nn::Module
{
  public:
    explicit TokenPerceptron(int64_t width)
    {
        up = register_module("up", torch::nn::Linear(width, 2 * width));
        down = register_module("down", torch::nn::Linear(2 * width, width));
    }

    torch::Tensor forward(const torch::Tensor& tokens) // [tokens, width]
    {
        return tokens + down(torch::gelu(up(tokens)));
    }

  private:
    torch::nn::Linear up{nullptr};
    torch::nn::Linear down{nullptr};
};

/// A whole network of its own.
class FlowNetwork::Expert : public torch::nn::Module
{
  public:
    static constexpr double LIMIT = 8; //!< deviations; bounds inputs outside of the training data

    explicit Expert(const FlowModelShape& shape)
    {
        flowMean = register_buffer("flow_mean", torch::zeros({FLOW_INPUTS}));
        flowScale = register_buffer("flow_scale", torch::ones({FLOW_INPUTS}));
        hopMean = register_buffer("hop_mean", torch::zeros({HOP_INPUTS}));
        hopScale = register_buffer("hop_scale", torch::ones({HOP_INPUTS}));
        flowEmbedding = register_module("flow_embedding", torch::nn::Linear(FLOW_ALL, shape.width));
        hopEmbedding = register_module("hop_embedding", torch::nn::Linear(HOP_ALL, shape.width));
        for (uint32_t i = 0; i < shape.perceptrons; i++)
        {
            perceptrons.push_back(
                register_module("hop_perceptron" + std::to_string(i), std::make_shared<TokenPerceptron>(shape.width)));
        }
        for (uint32_t i = 0; i < shape.layers; i++)
        {
            blocks.push_back(register_module("block" + std::to_string(i),
                                             std::make_shared<AttentionBlock>(shape.width, shape.heads)));
        }
        norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({shape.width})));
        hidden1 = register_module("hidden1", torch::nn::Linear(shape.width + FLOW_ALL, shape.hidden));
        hidden2 = register_module("hidden2", torch::nn::Linear(shape.hidden, shape.hidden));
        last = register_module("last", torch::nn::Linear(shape.hidden, QUANTILES));
    }

    /// Inputs in deviations from their means, with the delays. \return flow's, hops'
    std::pair<torch::Tensor, torch::Tensor> Scaled(const torch::Tensor& flow, const torch::Tensor& hop) const
    {
        const Delays delays(flow, hop);
        return {torch::cat({((flow - flowMean) / flowScale).clamp(-LIMIT, LIMIT), delays.flow}, 1),
                torch::cat({((hop - hopMean) / hopScale).clamp(-LIMIT, LIMIT), delays.hop}, 2)};
    }

    torch::Tensor forward(const torch::Tensor& flow, const torch::Tensor& hop, const torch::Tensor& mask)
    {
        const auto [scaledFlow, scaledHop] = Scaled(flow, hop);
        auto hopTokens = hopEmbedding(scaledHop.view({-1, scaledHop.size(2)}));
        for (auto& perceptron : perceptrons)
        {
            hopTokens = perceptron->forward(hopTokens);
        }
        auto x = torch::cat({flowEmbedding(scaledFlow).unsqueeze(1),
                             hopTokens.view({scaledHop.size(0), scaledHop.size(1), hopTokens.size(1)})},
                            1);
        for (std::size_t layer = 0; layer + 1 < blocks.size(); layer++)
        {
            x = blocks[layer]->forward(x, mask);
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
    std::vector<std::shared_ptr<TokenPerceptron>> perceptrons;
    std::vector<std::shared_ptr<AttentionBlock>> blocks;
    torch::nn::LayerNorm norm{nullptr};
    torch::nn::Linear hidden1{nullptr};
    torch::nn::Linear hidden2{nullptr};
    torch::nn::Linear last{nullptr};
};

/// One expert, or several with a gate.
class FlowNetwork::Impl : public torch::nn::Module
{
  public:
    explicit Impl(const FlowModelShape& shape)
    {
        if (shape.experts == 1)
        {
            experts.push_back(std::make_shared<Expert>(shape));
            return;
        }
        for (uint32_t expert = 0; expert < shape.experts; expert++)
        {
            experts.push_back(register_module(ExpertName(expert), std::make_shared<Expert>(shape)));
        }
        gateFlow = register_module("gate_flow", torch::nn::Linear(FLOW_ALL, shape.experts));
        gateHop = register_module("gate_hop", torch::nn::Linear(HOP_ALL, shape.experts));
        torch::NoGradGuard noGrad;
        for (auto& gate : {gateFlow, gateHop}) // until it is trained it weighs all alike
        {
            gate->weight.zero_();
            gate->bias.zero_();
        }
    }

    torch::Tensor forward(const torch::Tensor& flow, const torch::Tensor& hop, const torch::Tensor& mask)
    {
        if (experts.size() == 1)
        {
            return experts.front()->forward(flow, hop, mask);
        }
        const auto [scaledFlow, scaledHop] = experts.front()->Scaled(flow, hop);
        // the largest of each input over the hops that there are
        const auto largest = (scaledHop + mask.slice(1, 1).unsqueeze(2)).amax(1).clamp_min(-Expert::LIMIT);
        const auto shares = torch::softmax(gateFlow(scaledFlow) + gateHop(largest), 1);
        torch::Tensor sum;
        for (std::size_t expert = 0; expert < experts.size(); expert++)
        {
            const auto part = Answer(expert, flow, hop, mask) * Input(shares, static_cast<int64_t>(expert));
            sum = sum.defined() ? sum + part : part;
        }
        return sum;
    }

    std::vector<std::shared_ptr<Expert>> experts;
    bool gateAlone = false;

  private:
    torch::Tensor
    Answer(std::size_t expert, const torch::Tensor& flow, const torch::Tensor& hop, const torch::Tensor& mask)
    {
        std::optional<torch::NoGradGuard> frozen;
        if (gateAlone)
        {
            frozen.emplace();
        }
        return experts[expert]->forward(flow, hop, mask);
    }

    torch::nn::Linear gateFlow{nullptr};
    torch::nn::Linear gateHop{nullptr};
};

FlowNetwork::FlowNetwork(const FlowModelShape& shape)
    : m_impl(std::make_shared<Impl>(shape))
{
}

at::Tensor FlowNetwork::Quantiles(const at::Tensor& flow, const at::Tensor& hop, const at::Tensor& mask)
{
    return m_impl->forward(flow, hop, mask);
}

void FlowNetwork::TrainGateAlone()
{
    m_impl->gateAlone = true;
}

// of one expert: its arrays then have the names that they had before there were several
torch::nn::Module& FlowNetwork::Module()
{
    return m_impl->experts.size() == 1 ? static_cast<torch::nn::Module&>(*m_impl->experts.front()) : *m_impl;
}

const torch::nn::Module& FlowNetwork::Module() const
{
    return m_impl->experts.size() == 1 ? static_cast<const torch::nn::Module&>(*m_impl->experts.front()) : *m_impl;
}

void FlowNetwork::SetScales(const FlowFeatures& inputs)
{
    torch::NoGradGuard noGrad;
    for (const auto& expert : m_impl->experts)
    {
        SetScale(inputs.flow, FLOW_INPUTS, expert->flowMean, expert->flowScale);
        SetScale(inputs.hop, HOP_INPUTS, expert->hopMean, expert->hopScale);
    }
}

} // namespace ns3::m3

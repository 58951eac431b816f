// SPDX-License-Identifier: GPL-2.0-only
#include "published-model.h"

#include "model-checkpoint.h"
#include "percentile-loss.h"
#include "torch-setup.h"

#include "features/path-maps.h"
#include "ns3/m3-input-error.h"

#include <torch/nn/init.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/adamw.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>

namespace ns3::m3
{

namespace
{

constexpr int64_t ROW_INPUTS = MAP_ROW_INPUTS + PATH_PARAMETERS;
constexpr double DROPOUT = 0.2;
constexpr double ROTARY_BASE = 10'000;

torch::nn::Linear WithoutBias(int64_t in, int64_t out)
{
    return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(false));
}

/// Zhang and Sennrich 2019.
class RmsNormImpl : public torch::nn::Module
{
  public:
    explicit RmsNormImpl(int64_t width)
    {
        weight = register_parameter("weight", torch::ones({width}));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        constexpr double EPSILON = 1e-5;
        return x * torch::rsqrt(x.square().mean(-1, true) + EPSILON) * weight;
    }

    torch::Tensor weight;
};

TORCH_MODULE(RmsNorm);

/// Turns adjacent pairs of x [batch, heads, tokens, each] by an angle that grows with the token (Su et al. 2021).
torch::Tensor Rotate(const torch::Tensor& x)
{
    const int64_t tokens = x.size(2);
    const int64_t each = x.size(3);
    auto frequency = torch::pow(ROTARY_BASE, -torch::arange(0, each, 2, x.options()) / static_cast<double>(each));
    auto angle = torch::arange(tokens, x.options()).unsqueeze(1) * frequency;
    auto pairs = x.reshape({x.size(0), x.size(1), tokens, each / 2, 2});
    auto even = pairs.select(4, 0);
    auto odd = pairs.select(4, 1);
    auto turned = torch::stack({even * angle.cos() - odd * angle.sin(), even * angle.sin() + odd * angle.cos()}, 4);
    return turned.reshape(x.sizes());
}

class BlockImpl : public torch::nn::Module
{
  public:
    explicit BlockImpl(const PublishedModelShape& shape)
        : m_heads(shape.heads)
    {
        const int64_t width = shape.width;
        const int64_t hidden = shape.hidden;
        attentionNorm = register_module("attention_norm", RmsNorm(width));
        wq = register_module("wq", WithoutBias(width, width));
        wk = register_module("wk", WithoutBias(width, width));
        wv = register_module("wv", WithoutBias(width, width));
        wo = register_module("wo", WithoutBias(width, width));
        perceptronNorm = register_module("perceptron_norm", RmsNorm(width));
        w1 = register_module("w1", WithoutBias(width, hidden));
        w2 = register_module("w2", WithoutBias(hidden, width));
        w3 = register_module("w3", WithoutBias(width, hidden));
    }

    /// \param x [batch, tokens, width] \param mask [tokens, tokens], minus infinity for what comes later
    torch::Tensor forward(torch::Tensor x, const torch::Tensor& mask)
    {
        const int64_t width = x.size(2);
        const int64_t each = width / m_heads;
        const auto heads = [&](const torch::Tensor& all) {
            return all.view({x.size(0), x.size(1), m_heads, each}).transpose(1, 2);
        };
        const auto normed = attentionNorm(x);
        auto scores = torch::matmul(Rotate(heads(wq(normed))), Rotate(heads(wk(normed))).transpose(2, 3)) /
                      std::sqrt(static_cast<double>(each));
        auto shares = Drop(torch::softmax(scores + mask, -1));
        auto mixed = torch::matmul(shares, heads(wv(normed))).transpose(1, 2).reshape(x.sizes());
        x = x + Drop(wo(mixed));
        const auto inner = perceptronNorm(x);
        return x + Drop(w2(torch::silu(w1(inner)) * w3(inner)));
    }

    RmsNorm attentionNorm{nullptr};
    torch::nn::Linear wq{nullptr};
    torch::nn::Linear wk{nullptr};
    torch::nn::Linear wv{nullptr};
    torch::nn::Linear wo{nullptr};
    RmsNorm perceptronNorm{nullptr};
    torch::nn::Linear w1{nullptr};
    torch::nn::Linear w2{nullptr};
    torch::nn::Linear w3{nullptr};

  private:
    torch::Tensor Drop(const torch::Tensor& x)
    {
        return torch::dropout(x, DROPOUT, is_training());
    }

    int64_t m_heads;
};

TORCH_MODULE(Block);

/// Maps of some paths, padded to the longest.
struct Batch
{
    torch::Tensor maps;       //!< [batch, rows, MAP_BUCKETS, MAP_PERCENTILES]
    torch::Tensor parameters; //!< [batch, PATH_PARAMETERS]
    torch::Tensor valid;      //!< [batch, rows - 1, 1]: 1 for a link of the path, 0 for padding

    Batch To(torch::Device device) const
    {
        return {maps.to(device), parameters.to(device), valid.to(device)};
    }
};

class NetworkImpl : public torch::nn::Module
{
  public:
    explicit NetworkImpl(const PublishedModelShape& shape)
    {
        ofEmptyBucket = register_parameter("of_empty_bucket", torch::zeros({MAP_PERCENTILES}));
        embedding = register_module("embedding", torch::nn::Linear(ROW_INPUTS, shape.width));
        for (uint32_t layer = 0; layer < shape.layers; layer++)
        {
            blocks.push_back(register_module("block" + std::to_string(layer), Block(shape)));
        }
        norm = register_module("norm", RmsNorm(shape.width));
        context = register_module("context", WithoutBias(shape.width, shape.width));
        perceptron1 = register_module("perceptron1", torch::nn::Linear(ROW_INPUTS + shape.width, shape.perceptron));
        perceptron2 = register_module("perceptron2", torch::nn::Linear(shape.perceptron, shape.perceptron));
        perceptron3 = register_module("perceptron3", torch::nn::Linear(shape.perceptron, PATH_LABELS));
    }

    /// Draws the transformer's weights; the perceptron keeps LibTorch's.
    void Initialise()
    {
        constexpr double DEVIATION = 0.02;
        torch::NoGradGuard noGrad;
        torch::nn::init::normal_(embedding->weight, 0, DEVIATION);
        embedding->bias.zero_();
        torch::nn::init::normal_(context->weight, 0, DEVIATION);
        const double ofResidual = DEVIATION / std::sqrt(2.0 * static_cast<double>(blocks.size()));
        for (auto& block : blocks)
        {
            for (auto& layer : {block->wq, block->wk, block->wv, block->w1, block->w2})
            {
                torch::nn::init::normal_(layer->weight, 0, DEVIATION);
            }
            torch::nn::init::normal_(block->wo->weight, 0, ofResidual);
            torch::nn::init::normal_(block->w3->weight, 0, ofResidual);
        }
    }

    /// \return [batch, PATH_LABELS]
    torch::Tensor forward(const Batch& batch)
    {
        const int64_t paths = batch.maps.size(0);
        const int64_t rows = batch.maps.size(1);
        // the last percentile is the maximum: 0 where there are no flows
        auto empty = batch.maps.slice(3, MAP_PERCENTILES - 1).eq(0);
        auto filled = torch::where(empty, ofEmptyBucket, batch.maps).reshape({paths, rows, MAP_ROW_INPUTS});
        auto inputs = torch::cat({filled, batch.parameters.unsqueeze(1).expand({paths, rows, PATH_PARAMETERS})}, 2);
        auto x = torch::dropout(embedding(inputs.slice(1, 1)), DROPOUT, is_training());
        auto mask = torch::full({rows - 1, rows - 1}, -std::numeric_limits<float>::infinity(), x.options()).triu(1);
        for (auto& block : blocks)
        {
            x = block(x, mask);
        }
        x = context(norm(x));
        auto mean = (x * batch.valid).sum(1) / batch.valid.sum(1);
        auto hidden = torch::relu(perceptron1(torch::cat({inputs.select(1, 0), mean}, 1)));
        return perceptron3(torch::relu(perceptron2(hidden))) + 1;
    }

    torch::Tensor ofEmptyBucket;
    torch::nn::Linear embedding{nullptr};
    std::vector<Block> blocks;
    RmsNorm norm{nullptr};
    torch::nn::Linear context{nullptr};
    torch::nn::Linear perceptron1{nullptr};
    torch::nn::Linear perceptron2{nullptr};
    torch::nn::Linear perceptron3{nullptr};
};

TORCH_MODULE(Network);

template <typename Index>
Batch MakeBatch(const PathMaps& maps, const Index& pathAt, std::size_t count)
{
    uint32_t rows = 2;
    for (std::size_t i = 0; i < count; i++)
    {
        rows = std::max(rows, maps.Rows(pathAt(i)));
    }
    const auto paths = static_cast<int64_t>(count);
    Batch batch{torch::zeros({paths, rows, MAP_BUCKETS, MAP_PERCENTILES}),
                torch::empty({paths, PATH_PARAMETERS}),
                torch::zeros({paths, int64_t{rows} - 1, 1})};
    for (std::size_t i = 0; i < count; i++)
    {
        const std::size_t path = pathAt(i);
        std::copy_n(&maps.slowdown[std::size_t{maps.rowBegin[path]} * MAP_ROW_INPUTS],
                    maps.Rows(path) * std::size_t{MAP_ROW_INPUTS},
                    batch.maps.data_ptr<float>() + i * rows * MAP_ROW_INPUTS);
        std::copy_n(&maps.parameters[path * PATH_PARAMETERS],
                    PATH_PARAMETERS,
                    batch.parameters.data_ptr<float>() + i * PATH_PARAMETERS);
        std::fill_n(batch.valid.data_ptr<float>() + i * (rows - 1), maps.Rows(path) - 1, 1.0F);
    }
    return batch;
}

} // namespace

class PublishedModel::Impl
{
  public:
    explicit Impl(const PublishedModelShape& modelShape)
        : shape((CheckShape(modelShape), modelShape)),
          network(modelShape)
    {
    }

    torch::Tensor
    BatchLoss(const LabelledPaths& samples, const std::vector<uint32_t>& paths, const torch::Device& device)
    {
        const auto count = static_cast<int64_t>(paths.size());
        auto labels = torch::empty({count, LABEL_BUCKETS, MAP_PERCENTILES});
        auto present = torch::empty({count, LABEL_BUCKETS, 1});
        for (std::size_t i = 0; i < paths.size(); i++)
        {
            std::copy_n(&samples.labels[std::size_t{paths[i]} * PATH_LABELS],
                        PATH_LABELS,
                        labels.data_ptr<float>() + i * PATH_LABELS);
            for (uint32_t bucket = 0; bucket < LABEL_BUCKETS; bucket++)
            {
                present.data_ptr<float>()[i * LABEL_BUCKETS + bucket] =
                    samples.maps.flows[std::size_t{paths[i]} * LABEL_BUCKETS + bucket] > 0;
            }
        }
        const auto pathAt = [&](std::size_t i) { return std::size_t{paths[i]}; };
        auto predicted = network(MakeBatch(samples.maps, pathAt, paths.size()).To(device)).view(labels.sizes());
        return (PercentileLoss(predicted, labels.to(device)) * present.to(device)).mean();
    }

    PublishedModelShape shape;
    Network network;
};

void PublishedModel::Build(const PublishedModelShape& shape)
{
    constexpr double DECAY = 0.02;
    m_impl = std::make_unique<Impl>(shape);
    // matrices of the transformer decay; its norms and biases and the perceptron do not
    std::vector<torch::Tensor> decaying;
    std::vector<torch::Tensor> others;
    for (const auto& parameter : m_impl->network->named_parameters())
    {
        const bool matrix = parameter.value().dim() >= 2 && parameter.key().rfind("perceptron", 0) != 0;
        (matrix ? decaying : others).push_back(parameter.value());
    }
    const auto options = [](double decay)
    {
        constexpr double BETA1 = 0.9;
        constexpr double BETA2 = 0.95;
        torch::optim::AdamWOptions values(1e-4);
        values.betas({BETA1, BETA2}).weight_decay(decay);
        return std::make_unique<torch::optim::AdamWOptions>(values);
    };
    Attach(*m_impl->network,
           std::make_unique<torch::optim::AdamW>(std::vector<torch::optim::OptimizerParamGroup>{
               {decaying, options(DECAY)},
               {others, options(0)},
           }));
}

PublishedModel::PublishedModel(const PublishedModelShape& shape, uint64_t seed)
{
    torch::manual_seed(seed);
    Build(shape);
    m_impl->network->Initialise();
}

namespace
{

PublishedCheckpoint ReadPublishedCheckpointFile(const std::string& file)
{
    std::ifstream in = OpenBinaryFile(file);
    return ReadPublishedCheckpoint(in, file);
}

} // namespace

PublishedModel::PublishedModel(const std::string& checkpoint)
    : PublishedModel(ReadPublishedCheckpointFile(checkpoint))
{
}

PublishedModel::PublishedModel(const PublishedCheckpoint& checkpoint)
{
    Build(checkpoint.shape);
    SetProgress(checkpoint.network);
    SetWeights(checkpoint.network);
}

PublishedModel::~PublishedModel() = default;
PublishedModel::PublishedModel(PublishedModel&&) noexcept = default;

PublishedModel PublishedModel::FromPublishedFiles(const std::string& transformerFile, const std::string& perceptronFile)
{
    std::ifstream transformer = OpenBinaryFile(transformerFile);
    std::ifstream perceptron = OpenBinaryFile(perceptronFile);
    return PublishedModel(ReadPublishedFiles(transformer, transformerFile, perceptron, perceptronFile));
}

void PublishedModel::Save(const std::string& checkpoint, bool withOptimizer) const
{
    PublishedCheckpoint written;
    written.shape = m_impl->shape;
    written.network = State(withOptimizer);
    WriteCheckpoint(written, checkpoint);
}

std::vector<float> PublishedModel::Predict(const PathMaps& paths)
{
    constexpr std::size_t BATCH = 64;
    torch::NoGradGuard noGrad;
    m_impl->network->eval();
    std::vector<float> labels(paths.Count() * PATH_LABELS);
    for (std::size_t first = 0; first < paths.Count(); first += BATCH)
    {
        const std::size_t count = std::min(BATCH, paths.Count() - first);
        const Batch batch = MakeBatch(
                                paths,
                                [first](std::size_t i) { return first + i; },
                                count)
                                .To(Device());
        auto predicted = m_impl->network(batch).contiguous().cpu();
        std::copy_n(predicted.data_ptr<float>(), count * PATH_LABELS, &labels[first * PATH_LABELS]);
    }
    if (!std::all_of(labels.begin(), labels.end(), [](float value) { return std::isfinite(value); }))
    {
        throw InputError("the model gives slowdowns that are not finite; it was " + Text());
    }
    return labels;
}

std::string PublishedModel::Description() const
{
    return Text();
}

std::string PublishedModel::Architecture() const
{
    return "path map transformer " + std::to_string(m_impl->shape.width) + "x" + std::to_string(m_impl->shape.layers);
}

double PublishedModel::TrainStep(const LabelledPaths& samples, const std::vector<uint32_t>& paths, double learningRate)
{
    m_impl->network->train();
    return MakeStep(learningRate, [&] { return m_impl->BatchLoss(samples, paths, Device()); });
}

double PublishedModel::Loss(const LabelledPaths& samples, const std::vector<uint32_t>& paths)
{
    torch::NoGradGuard noGrad;
    m_impl->network->eval();
    return m_impl->BatchLoss(samples, paths, Device()).item<double>();
}

} // namespace ns3::m3

/// What libm3 looks up in this library. \return to be deleted by the caller \throws InputError
extern "C" ns3::m3::PathMapModel* M3LoadPathMapModel(const char* checkpoint)
{
    ns3::m3::SetUpTorch(1);
    return new ns3::m3::PublishedModel(checkpoint);
}

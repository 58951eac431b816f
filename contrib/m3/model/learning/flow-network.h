#ifndef M3_FLOW_NETWORK_H
#define M3_FLOW_NETWORK_H

#include "flow-features.h"
#include "flow-model.h"

#include <torch/torch.h>

#include <memory>
#include <vector>

namespace ns3::m3
{

inline constexpr int64_t FLOW_DELAYS = 5; //!< queueing delays of a flow, computed of its inputs
inline constexpr int64_t HOP_DELAYS = 3;  //!< the same of a hop

/// Numbers of inputs, with and without queueing delays; those of older versions of the features are smaller.
struct InputCounts
{
    int64_t flow = FLOW_INPUTS;
    int64_t flowAndDelays = FLOW_INPUTS + FLOW_DELAYS;
    int64_t hop = HOP_INPUTS;
    int64_t hopAndDelays = HOP_INPUTS + HOP_DELAYS;
};

/**
 * The network of a FlowModel: perceptrons on each hop alone, attention over the flow and its hops, and a perceptron on
 * what the flow has heard. What it computes is the same in training and after: train() and eval() change nothing.
 */
class FlowNetworkImpl : public torch::nn::Module
{
  public:
    explicit FlowNetworkImpl(const FlowModelShape& shape, const InputCounts& inputs = {});

    /**
     * \param flow [batch, FLOW_INPUTS] \param hop [batch, hops, HOP_INPUTS], 0 where a route is shorter
     * \param mask [batch, 1 + hops]: 0, and minus infinity where a route is shorter
     * \return [batch, QUANTILES]: quantiles of the logarithm of the slowdown, rising
     */
    torch::Tensor forward(const torch::Tensor& flow, const torch::Tensor& hop, const torch::Tensor& mask);

    torch::Tensor flowMean;  //!< [FLOW_INPUTS], as the next: inputs are scaled by these
    torch::Tensor flowScale; //!< deviations
    torch::Tensor hopMean;   //!< [HOP_INPUTS]
    torch::Tensor hopScale;  //!< deviations

  private:
    class AttentionBlock;
    class TokenPerceptron;

    torch::nn::Linear flowEmbedding{nullptr};
    torch::nn::Linear hopEmbedding{nullptr};
    std::vector<std::shared_ptr<TokenPerceptron>> perceptrons;
    std::vector<std::shared_ptr<AttentionBlock>> blocks;
    torch::nn::LayerNorm norm{nullptr};
    torch::nn::Linear hidden1{nullptr};
    torch::nn::Linear hidden2{nullptr};
    torch::nn::Linear last{nullptr};
};

TORCH_MODULE(FlowNetwork);

} // namespace ns3::m3

#endif // M3_FLOW_NETWORK_H

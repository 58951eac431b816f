// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_NETWORK_H
#define M3_FLOW_NETWORK_H

#include "model-shape.h"

#include <cstdint>
#include <memory>

namespace at
{
class Tensor;
}

namespace torch::nn
{
class Module;
}

namespace ns3::m3
{

struct FlowFeatures;

/**
 * \ingroup m3-nn
 * The network of a FlowModel: perceptrons on each hop alone, attention over the flow and its hops, and a perceptron on
 * the attention output of the flow. What it computes is the same in training and after. Of a shape with several experts
 * there are as many such networks, and a gate, a softmax of a linear function of the flow's inputs and of the largest
 * on its route, says for each flow what share of the answer comes from which (mixture of experts; Jacobs, Jordan,
 * Nowlan and Hinton, Adaptive mixtures of local experts, 1991).
 */
class FlowNetwork
{
  public:
    /// With random weights, but for a gate, which weighs all experts alike.
    explicit FlowNetwork(const FlowModelShape& shape);

    /**
     * \param flow [batch, FLOW_INPUTS] \param hop [batch, hops, HOP_INPUTS], 0 where a route is shorter
     * \param mask [batch, 1 + hops]: 0, and minus infinity where a route is shorter
     * \return [batch, QUANTILES]: quantiles of the logarithm of the slowdown, rising
     */
    at::Tensor Quantiles(const at::Tensor& flow, const at::Tensor& hop, const at::Tensor& mask);

    /// Experts get no gradients from now on.
    void TrainGateAlone();

    /// Its weights are parameters, what it scales its inputs by are buffers.
    torch::nn::Module& Module();
    const torch::nn::Module& Module() const; //!< the same

    /// Inputs are scaled by the means and deviations of these from now on.
    void SetScales(const FlowFeatures& inputs);

  private:
    class AttentionBlock;
    class TokenPerceptron;
    class Expert;
    class Impl;

    std::shared_ptr<Impl> m_impl;
};

} // namespace ns3::m3

#endif // M3_FLOW_NETWORK_H

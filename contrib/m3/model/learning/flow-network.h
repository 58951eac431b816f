#ifndef M3_FLOW_NETWORK_H
#define M3_FLOW_NETWORK_H

#include "flow-features.h"
#include "flow-model.h"

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

inline constexpr int64_t FLOW_DELAYS = 6; //!< queueing delays of a flow, computed of its inputs
inline constexpr int64_t HOP_DELAYS = 4;  //!< the same of a hop

/// Numbers of inputs, with and without queueing delays; those of older versions of the features are smaller.
struct InputCounts
{
    int64_t flow = FLOW_INPUTS;                        //!< of a flow
    int64_t flowAndDelays = FLOW_INPUTS + FLOW_DELAYS; //!< with those computed
    int64_t hop = HOP_INPUTS;                          //!< of a hop
    int64_t hopAndDelays = HOP_INPUTS + HOP_DELAYS;    //!< with those computed
};

/**
 * The network of a FlowModel: perceptrons on each hop alone, attention over the flow and its hops, and a perceptron on
 * what the flow has heard. What it computes is the same in training and after.
 */
class FlowNetwork
{
  public:
    /// With random weights. \param inputs fewer than there are now for a checkpoint of older features
    explicit FlowNetwork(const FlowModelShape& shape, const InputCounts& inputs = {});

    /**
     * \param flow [batch, FLOW_INPUTS] \param hop [batch, hops, HOP_INPUTS], 0 where a route is shorter
     * \param mask [batch, 1 + hops]: 0, and minus infinity where a route is shorter
     * \return [batch, QUANTILES]: quantiles of the logarithm of the slowdown, rising
     */
    at::Tensor Quantiles(const at::Tensor& flow, const at::Tensor& hop, const at::Tensor& mask);

    /// Its weights are parameters, what it scales its inputs by are buffers.
    torch::nn::Module& Module();
    const torch::nn::Module& Module() const; //!< the same

    /// Inputs are scaled by the means and deviations of these from now on.
    void SetScales(const FlowFeatures& inputs);

  private:
    class AttentionBlock;
    class TokenPerceptron;
    class Impl;

    std::shared_ptr<Impl> m_impl;
};

} // namespace ns3::m3

#endif // M3_FLOW_NETWORK_H

// SPDX-License-Identifier: GPL-2.0-only
#include "pooled-loss.h"

#include "correction-model.h"

#include <torch/types.h>

#include <algorithm>
#include <array>

namespace ns3::m3
{

namespace
{

constexpr std::array<double, 9> CUTS{0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.995, 1};

/// Means of the parts of a distribution. \param values [n] \param weights [n] that add up to 1
torch::Tensor MeansOfParts(const torch::Tensor& values, const torch::Tensor& weights)
{
    const auto order = values.detach().argsort();
    const auto sorted = values.index_select(0, order);
    const auto above = weights.index_select(0, order).cumsum(0);
    const auto below = above - weights.index_select(0, order);
    std::vector<torch::Tensor> means;
    for (std::size_t part = 0; part + 1 < CUTS.size(); part++)
    {
        const auto own = (above.clamp(CUTS[part], CUTS[part + 1]) - below.clamp(CUTS[part], CUTS[part + 1]));
        means.push_back((sorted * own).sum() / (CUTS[part + 1] - CUTS[part]));
    }
    return torch::stack(means);
}

} // namespace

torch::Tensor
PooledLoss(const torch::Tensor& quantiles, const torch::Tensor& target, const std::vector<uint32_t>& network)
{
    auto shares = torch::empty({1, QUANTILES}, torch::kDouble);
    for (uint32_t i = 0; i < QUANTILES; i++)
    {
        shares.data_ptr<double>()[i] = QuantileWeight(i);
    }
    shares = shares.to(quantiles.device());
    std::vector<torch::Tensor> losses;
    for (std::size_t begin = 0; begin < network.size();)
    {
        std::size_t end = begin;
        while (end < network.size() && network[end] == network[begin])
        {
            end++;
        }
        const auto count = static_cast<int64_t>(end - begin);
        if (count >= MIN_POOLED_FLOWS)
        {
            const auto own = quantiles.slice(0, static_cast<int64_t>(begin), static_cast<int64_t>(end));
            const auto weights = (shares / count).expand({count, QUANTILES}).reshape({-1});
            const auto truth = target.slice(0, static_cast<int64_t>(begin), static_cast<int64_t>(end)).reshape({-1});
            const auto difference =
                MeansOfParts(own.reshape({-1}), weights) -
                MeansOfParts(truth, torch::full({count}, 1.0 / static_cast<double>(count), shares.options()));
            losses.push_back(difference.abs().mean());
        }
        begin = end;
    }
    return losses.empty() ? torch::zeros({}, quantiles.options()) : torch::stack(losses).mean();
}

} // namespace ns3::m3

// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ESTIMATE_SHARE_H
#define M3_ESTIMATE_SHARE_H

#include <cstdint>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-engines
/// Processes that share the sampled paths or windows of an answer, on one machine or many. All do the same but for
/// their part.
class EstimateShare
{
  public:
    virtual ~EstimateShare() = default;

    virtual uint32_t Processes() const = 0; //!< how many there are
    virtual uint32_t Rank() const = 0;      //!< of this one, below Processes(); 0 gets the answer

    /// Waits for all. \return the values of each rank, by rank; on other ranks than 0 nothing
    virtual std::vector<std::vector<float>> Gather(const std::vector<float>& mine) = 0;

    /// Waits for all. \return the value of rank 0
    virtual double OfFirst(double mine) = 0;
};

} // namespace ns3::m3

#endif // M3_ESTIMATE_SHARE_H

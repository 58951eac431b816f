// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-pass-counts.h"

#include "core/text-format.h"

namespace ns3::m3
{

std::string PassCounts::Text() const
{
    constexpr double PERCENT = 100;
    return FormatText("estimated by passes, since flows wait for others: %u %s; the last one changed completion times "
                      "by %.2g %% (mean; the largest by %.2g %%)%s",
                      passes,
                      passes == 1 ? "pass" : "passes",
                      PERCENT * change,
                      PERCENT * largestChange,
                      IsSettled() ? "" : "; they have not settled");
}

} // namespace ns3::m3

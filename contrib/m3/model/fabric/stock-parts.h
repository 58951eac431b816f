// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_STOCK_PARTS_H
#define M3_STOCK_PARTS_H

#include "ns3/m3-fabric-graph.h"

#include "ns3/net-device.h"
#include "ns3/node.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-fabric
/// Collects what ns-3 nodes have that no engine takes into account: attributes of devices, other applications.
class StockParts
{
  public:
    /**
     * Looks at a device. Rate and delay of a device are read elsewhere; a queue of another length or kind than the
     * default and another MTU become remarks.
     * \param name of the device, for errors
     * \throws InputError for an enabled receive error model and for an inter-frame gap: they change every completion
     * time, and there is another way to say what they say
     */
    void LookAtDevice(const Ptr<NetDevice>& device, const std::string& name);

    /// Looks at the applications of a node: those that send and that ReadFlows() does not read become a remark.
    void LookAtApplications(const Ptr<Node>& node);

    /// Returns one remark for each kind of thing, after the last look.
    std::vector<FabricRemark> Remarks() const;

  private:
    std::map<std::string, uint32_t> m_stockDevices; //!< count by type, of devices that are not this module's
    std::map<std::string, uint32_t> m_leftOut;      //!< count of devices by what they have
    std::map<std::string, uint32_t> m_otherSenders; //!< count of applications by type
    uint32_t m_stopTimes = 0;                       //!< BulkSend applications with a StopTime
};

} // namespace ns3::m3

#endif // M3_STOCK_PARTS_H

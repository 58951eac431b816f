// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_REQUEST_CLIENTS_H
#define M3_REQUEST_CLIENTS_H

#include "ns3/m3-schedule.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-workload
 * Clients in a closed loop: each sends a request to one or several servers (fan-out), waits until it has all replies
 * (an incast where there are several), thinks, and sends the next one. What `--clients` says.
 */
struct RequestClients
{
    uint32_t clients = 1;         //!< number, 1 to 1,000,000; client i is at host i modulo the hosts
    uint32_t requests = 100;      //!< of each client, 1 to 1,000,000; all together at most 50 million flows
    uint32_t fanOut = 1;          //!< servers of a request, 1 to the hosts less one
    uint64_t requestBytes = 1000; //!< to each server, 1 to MAX_FLOW_BYTES
    std::string replySizes = "constant:64000"; //!< of each server's reply, as ParseSizeDistribution
    int64_t serviceNs = 0;                     //!< computation of a server before its reply, 0 to MAX_START_NS
    double thinkNs = 0; //!< mean of the exponential time between replies and the next request, ns

    /**
     * Reads "COUNT" and, behind colons, `requests=`, `fan-out=`, `request=` (bytes), `reply=` (bytes, or a distribution
     * as `--sizes` has them), `service=` and `think=` (times; a plain number is in us). \throws InputError
     */
    static RequestClients Parse(const std::string& text);
};

/**
 * Adds the tasks of clients to a schedule; each request is a group of the kind "request". Servers are drawn uniformly
 * from the hosts that are not the client's, none twice in a request. First requests come after a drawn thinking time.
 * \param hosts clients' and servers', at least two \param seed of all draws \throws InputError for values out of their
 * ranges
 */
void AddRequestClients(Schedule& schedule,
                       const RequestClients& clients,
                       const std::vector<NodeId>& hosts,
                       uint64_t seed);

} // namespace ns3::m3

#endif // M3_REQUEST_CLIENTS_H

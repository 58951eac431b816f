// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RECOVERY_H
#define M3_RECOVERY_H

#include "ns3/m3-recovery-description.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// What a receiver answers to a data packet.
enum class Answer : uint8_t
{
    NONE, //!< nothing
    ACK,  //!< the next byte that it expects
    NACK  //!< the same, to a packet that came ahead of it
};

/// Both ends of a queue pair, as its recovery reads and moves them. All values are payload bytes.
struct Transfer
{
    uint64_t size = 0;       //!< of the flow
    uint64_t nextToSend = 0; //!< first byte of the packet that goes next; `size`: none does
    uint64_t acked = 0;      //!< highest cumulative acknowledgement
    uint64_t window = 0;     //!< a packet goes while nextToSend is less than so many beyond acked; 0: no limit
    uint64_t expected = 0;   //!< receiver: next in-order byte
};

/**
 * \ingroup m3-packet
 * What one queue pair does about losses, at both of its ends. A new recovery is one file with a subclass and one
 * RegisterRecovery(). Without one, a queue pair has go-back-N, which the engine itself has. Packets begin where those
 * of the first transmission begin.
 */
class Recovery
{
  public:
    virtual ~Recovery() = default;

    /// Receiver: takes a data packet, and moves Transfer::expected to behind what is there without a gap. An ACK is
    /// left out where the ACK interval says so. \param seq its first byte \param bytes of payload
    virtual Answer OnData(Transfer& transfer, uint64_t seq, uint64_t bytes) = 0;

    /// Sender: a packet has left. Transfer::nextToSend is its end; sets what goes next. \param seq its first byte
    virtual void OnSent(Transfer& transfer, uint64_t seq) = 0;

    /// Sender: an answer has come, and Transfer::acked has been raised; sets what goes next. \param isNack whether it
    /// is a NACK \param seq first byte of the packet that is answered
    virtual void OnAnswer(Transfer& transfer, bool isNack, uint64_t seq) = 0;

    /// Sender: nothing has been acknowledged for the retransmission timeout; sets what goes next.
    virtual void OnTimeout(Transfer& transfer) = 0;

    /// Sender: returns the retransmission timeout with what is on its way now, ns; 0: that of RFC 6298, which go-back-N
    /// has. Either is doubled at each timeout without progress.
    virtual int64_t TimeoutNs(const Transfer& /*transfer*/) const
    {
        return 0;
    }

    /// Sender: returns the bytes before which everything has been sent once, below Transfer::size: if all has been
    /// sent, the first byte of the last packet.
    virtual uint64_t SentBytes(const Transfer& transfer) const = 0;

    /// Returns which packets before SentBytes() are to be sent again: their first bytes, ascending.
    virtual std::vector<uint64_t> Missing(const Transfer& transfer) const = 0;

    /// Goes on in mid-transfer, before its first packet: acked, expected and nextToSend are SentBytes() of another one.
    /// \param missing as of Missing(); moves acked, expected and nextToSend to the first of them \throws InputError for
    /// packets that cannot be missing
    virtual void Resume(Transfer& transfer, const std::vector<uint64_t>& missing) = 0;
};

/// Registers a recovery under a name of its own. \return its type, for RdmaConfig::recovery \throws InputError if the
/// name is taken
RecoveryType RegisterRecovery(const std::string& name, RecoveryMaker make);

} // namespace ns3::m3

#endif // M3_RECOVERY_H

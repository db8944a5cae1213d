/**
 * Fields of the vendor's records with their types, lengths and required marks, as its OpenAPI document lists them.
 * In the lists below, name<50 is a text of at most 50 characters, name=A|B one of these words, and in `ref` a name=target
 * points at records of that collection here; a ref without one is kept as it was sent.
 */
import { define } from "./define.ts";

export const entities = {
  company: define({
    required: "identifier name",
    text:
      "identifier<156 name<156 addressLine1<50 addressLine2<50 city<50 state<50 zip<12 phoneNumber<30 " +
      "faxNumber<30 website<255 accountNumber leadSource<50 userDefinedField1<50 userDefinedField2<50 " +
      "userDefinedField3<50 userDefinedField4<50 userDefinedField5<50 userDefinedField6<50 " +
      "userDefinedField7<50 userDefinedField8<50 userDefinedField9<50 userDefinedField10<50 " +
      "vendorIdentifier taxIdentifier invoiceToEmailAddress invoiceCCEmailAddress deletedBy mobileGuid " +
      "facebookUrl twitterUrl linkedInUrl resellerIdentifier",
    number: "annualRevenue creditLimit additionalDebt numberOfEmployees yearEstablished revenueYear",
    flag: "leadFlag unsubscribeFlag deletedFlag isVendorFlag",
    date: "dateAcquired dateDeleted",
    ref:
      "status=companyStatuses country=countries territory market defaultContact=contacts sicCode " +
      "parentCompany=companies ownershipType timeZoneSetup calendar taxCode=taxCodes " +
      "billingTerms=billingTerms invoiceTemplate pricingSchedule companyEntityType " +
      "billToCompany=companies billingSite=sites billingContact=contacts invoiceDeliveryMethod " +
      "emailTemplate currency=currencies territoryManager site=sites",
    list: "types integratorTags",
  }),
  companyStatus: define({
    required: "name",
    text: "name<50 notificationMessage<500 connectWiseId",
    flag: "defaultFlag inactiveFlag notifyFlag disallowSavingFlag customNoteFlag cancelOpenTracksFlag",
    ref: "track",
  }),
  companyType: define({
    required: "name",
    text: "name<50 serviceAlertMessage<150 connectWiseId",
    flag: "defaultFlag vendorFlag serviceAlertFlag",
  }),
  typeAssociation: define({
    ref: "type=companyTypes company=companies",
  }),
  country: define({
    required: "name",
    text:
      "name<50 cityCaption<25 stateCaption<25 zipCaption<25 dialingPrefix<5 countryCode<2 " +
      "localizationCaptionOne<25 localizationValueOne<50",
    number: "zipMinimumLength",
    flag: "defaultFlag",
    ref: "currency=currencies addressFormat",
  }),
  communicationType: define({
    required: "description iphoneXref androidXref",
    text: "description exchangeXref<50 iphoneXref<50 androidXref<50 googleXref<50",
    flag: "phoneFlag faxFlag emailFlag defaultFlag",
  }),
  contact: define({
    text:
      "firstName lastName addressLine1 addressLine2 city state zip relationshipOverride " +
      "securityIdentifier title school nickName children significantOther portalPassword " +
      "gender=Female|Male birthDay anniversary presence=NoAgent|Online|DoNotDisturb|Away|Offline " +
      "mobileGuid facebookUrl twitterUrl linkedInUrl defaultPhoneType defaultPhoneNbr " +
      "defaultPhoneExtension userDefinedField1<50 userDefinedField2<50 userDefinedField3<50 " +
      "userDefinedField4<50 userDefinedField5<50 userDefinedField6<50 userDefinedField7<50 " +
      "userDefinedField8<50 userDefinedField9<50 userDefinedField10<50",
    number: "defaultMergeContactId portalSecurityLevel",
    flag:
      "inactiveFlag marriedFlag childrenFlag disablePortalLoginFlag unsubscribeFlag defaultBillingFlag " +
      "defaultFlag ignoreDuplicates",
    ref:
      "company=companies site=sites country=countries relationship department managerContact=contacts " +
      "assistantContact=contacts companyLocation photo",
    list: "communicationItems types integratorTags typeIds",
  }),
  communication: define({
    required: "value",
    text: "value<250 extension<15 mobileGuid communicationType=Email|Fax|Phone domain",
    number: "contactId",
    flag: "defaultFlag",
    ref: "type=communicationTypes",
  }),
  site: define({
    required: "name",
    text:
      "name<156 addressLine1<50 addressLine2<50 city<50 zip<12 addressFormat phoneNumber<30 " +
      "phoneNumberExt<30 faxNumber<30 mobileGuid",
    number: "expenseReimbursement",
    flag:
      "primaryAddressFlag defaultShippingFlag defaultBillingFlag defaultMailingFlag inactiveFlag " +
      "billSeparateFlag",
    ref:
      "stateReference=states country=countries taxCode=taxCodes entityType calendar timeZone " +
      "company=companies territory invoiceTemplate",
  }),
  agreement: define({
    required: "name type company contact",
    required_on_put: "employeeCompRate invoicingCycle billTime billExpenses billProducts",
    text:
      "name<100 customerPO<50 reasonCancelled<100 workOrder<20 internalNotes " +
      "applicationUnits=Amount|Hours|Incidents " +
      "applicationCycle=Contract2Weeks|Contract4Weeks|ContractYear|CalendarMonth|CalendarQuarter|CalendarWeek|ContractQuarter|CalendarYear " +
      "employeeCompRate=Actual|Hourly employeeCompNotExceed=Billing|Amount|Percent " +
      "invoicingCycle=ContractYear|CalendarYear invoiceDescription " +
      "billTime=Billable|DoNotBill|NoCharge|NoDefault " +
      "billExpenses=Billable|DoNotBill|NoCharge|NoDefault " +
      "billProducts=Billable|DoNotBill|NoCharge|NoDefault periodType=Current|Future|Both|Undefined " +
      "nextInvoiceDate agreementStatus=Active|Cancelled|Expired|Inactive",
    number: "applicationLimit expiredDays limit compHourlyRate compLimitAmount billAmount prorateFirstBill",
    flag:
      "restrictLocationFlag restrictDepartmentFlag noEndingDateFlag cancelledFlag " +
      "applicationUnlimitedFlag oneTimeFlag coverAgreementTime coverAgreementProduct " +
      "coverAgreementExpense coverSalesTax carryOverUnused allowOverruns expireWhenZero chargeToFirm " +
      "billOneTimeFlag taxable restrictDownPayment prorateFlag invoiceProratedAdditionsFlag topComment " +
      "bottomComment billableTimeInvoice billableExpenseInvoice billableProductInvoice autoInvoiceFlag " +
      "billZeroAmountFlag",
    date: "startDate endDate dateCancelled billStartDate",
    ref:
      "type=agreementTypes company=companies contact=contacts site=sites subContractCompany=companies " +
      "subContractContact=contacts parentAgreement=agreements location department opportunity sla " +
      "billingCycle=billingCycles billingTerms=billingTerms billToCompany=companies " +
      "billToContact=contacts billToSite=sites taxCode=taxCodes workRole workType projectType " +
      "invoiceTemplate currency=currencies companyLocation shipToCompany=companies " +
      "shipToContact=contacts shipToSite=sites",
  }),
  agreementType: define({
    required: "name employeeCompRate employeeCompNotExceed invoicingCycle billTime billExpenses billProducts",
    text:
      "name<50 prefixSuffixOption=Prefix|Suffix invoicePreSuffix<5 " +
      "applicationUnits=Amount|Hours|Incidents " +
      "applicationCycle=Contract2Weeks|Contract4Weeks|ContractYear|CalendarMonth|CalendarQuarter|CalendarWeek|ContractQuarter|CalendarYear " +
      "employeeCompRate=Actual|Hourly employeeCompNotExceed=Billing|Amount|Percent " +
      "invoicingCycle=ContractYear|CalendarYear invoiceDescription<4000 " +
      "billTime=Billable|DoNotBill|NoCharge|NoDefault " +
      "billExpenses=Billable|DoNotBill|NoCharge|NoDefault " +
      "billProducts=Billable|DoNotBill|NoCharge|NoDefault integrationXRef<50 connectWiseId",
    number: "applicationLimit expiredDays limit compHourlyRate compLimitAmount billAmount",
    flag:
      "defaultFlag inactiveFlag prePaymentFlag restrictLocationFlag restrictDepartmentFlag " +
      "applicationUnlimitedFlag oneTimeFlag coverAgreementTimeFlag coverAgreementProductFlag " +
      "coverAgreementExpenseFlag coverSalesTaxFlag carryOverUnusedFlag allowOverrunsFlag " +
      "expireWhenZero chargeToFirmFlag billOneTimeFlag taxableFlag restrictDownPaymentFlag " +
      "topCommentFlag bottomCommentFlag billableTimeInvoiceFlag billableExpenseInvoiceFlag " +
      "billableProductInvoiceFlag copyWorkRolesFlag copyWorkTypesFlag addAllWorkRoleExclusions " +
      "removeAllWorkRoleExclusions addAllWorkTypeExclusions removeAllWorkTypeExclusions prorateFlag " +
      "autoInvoiceFlag billZeroAmountFlag invoiceProratedAdditionsFlag",
    ref:
      "location department sla billingCycle=billingCycles billingTerms=billingTerms workRole workType " +
      "projectType invoiceTemplate emailTemplate",
    list: "exclusionWorkRoleIds exclusionWorkTypeIds",
  }),
  addition: define({
    required: "product billCustomer",
    text:
      "billCustomer=Billable|DoNotBill|NoCharge serialNumber<50 invoiceDescription<6000 description " +
      "uom agreementStatus=Active|Cancelled|Expired|Inactive",
    number:
      "quantity lessIncluded unitPrice unitCost agreementId billedQuantity extPrice extCost " +
      "sequenceNumber margin prorateCost proratePrice extendedProrateCost extendedProratePrice",
    flag: "taxableFlag purchaseItemFlag specialOrderFlag prorateCurrentPeriodFlag",
    date: "effectiveDate cancelledDate",
    ref: "product=catalog opportunity invoiceGrouping",
  }),
  billingTerm: define({
    required: "name dueDays",
    text: "name<50 termsXref<50",
    number: "dueDays",
    flag: "defaultFlag",
  }),
  billingCycle: define({
    required: "identifier name billingOptions",
    text:
      "identifier<5 name<50 " +
      "billingOptions=BiMonthly|BiWeekly|Monthly|NotRecurring|Quarterly|SemiAnnual|Weekly|Yearly",
    flag: "defaultFlag",
  }),
  billingStatus: define({
    required: "name",
    text: "name<30 connectWiseId",
    number: "sortOrder",
    flag: "defaultFlag closedFlag inactiveFlag sentFlag",
  }),
  invoice: define({
    required: "type company",
    required_on_put: "invoiceNumber locationId",
    text:
      "invoiceNumber<15 " +
      "type=Agreement|CreditMemo|DownPayment|Miscellaneous|Progress|Standard|Consolidated " +
      "accountNumber applyToType=All|Agreement|Project|ProjectPhase|SalesOrder|Ticket attention<60 " +
      "shipToAttention<60 billingSiteAddressLine1 billingSiteAddressLine2 billingSiteCity " +
      "billingSiteState billingSiteZip billingSiteCountry shippingSiteAddressLine1 " +
      "shippingSiteAddressLine2 shippingSiteCity shippingSiteState shippingSiteZip shippingSiteCountry " +
      "reference<50 customerPO<50 topComment bottomComment internalNotes adjustmentReason adjustedBy " +
      "closedBy",
    number:
      "applyToId templateSetupId emailTemplateId locationId departmentId territoryId serviceTotal " +
      "expenseTotal productTotal previousProgressApplied serviceAdjustmentAmount agreementAmount " +
      "downpaymentApplied subtotal total remainingDownpayment salesTax payments credits balance",
    flag:
      "addToBatchEmailList restrictDownpaymentFlag taxableFlag downpaymentPreviouslyTaxedFlag " +
      "overrideDownPaymentAmountFlag specialInvoiceFlag",
    date: "date dueDate",
    ref:
      "status=billingStatuses company=companies billToCompany=companies shipToCompany=companies " +
      "billingSite=sites shippingSite=sites billingTerms=billingTerms invoiceTemplate location " +
      "department territory taxCode=taxCodes currency=currencies billingSetupReference ticket project " +
      "phase salesOrder agreement=agreements glBatch unbatchedBatch",
  }),
  payment: define({
    text: "type appliedBy",
    number: "amount",
    date: "paymentDate",
    ref: "invoice=invoices credit=invoices",
  }),
  timeEntry: define({
    required: "timeStart",
    required_on_put: "billableOption",
    text:
      "companyType chargeToType=Company|ServiceTicket|ProjectTicket|ChargeCode|Activity " +
      "businessGroupDesc agreementType projectActivity territory " +
      "billableOption=Billable|DoNotBill|NoCharge|NoDefault notes internalNotes emailCc hourlyCost " +
      "enteredBy mobileGuid " +
      "status=Open|Rejected|PendingApproval|ErrorsCorrected|PendingProjectApproval|ApprovedByTierOne|RejectBySecondTier|ApprovedByTierTwo|ReadyToBill|Billed|WrittenOff|BilledAgreement " +
      "ticketBoard ticketStatus ticketType ticketSubType locationName",
    number:
      "chargeToId locationId businessUnitId opportunityRecid hoursDeduct actualHours hoursBilled " +
      "invoiceHours hourlyRate overageRate agreementHours agreementAmount agreementAdjustment " +
      "adjustment invoiceReady extendedInvoiceAmount",
    flag:
      "addToDetailDescriptionFlag addToInternalAnalysisFlag addToResolutionFlag emailResourceFlag " +
      "emailContactFlag emailCcFlag invoiceFlag",
    date: "timeStart timeEnd dateEntered",
    ref:
      "company=companies member location department workType workRole agreement=agreements activity " +
      "invoice=invoices timeSheet ticket project phase taxCode=taxCodes",
  }),
  expenseEntry: define({
    required: "amount date",
    text:
      "chargeToType=ServiceTicket|ProjectTicket|ChargeCode|Activity " +
      "billableOption=Billable|DoNotBill|NoCharge|NoDefault notes mobileGuid " +
      "status=Open|Rejected|PendingApproval|ErrorsCorrected|PendingProjectApproval|ApprovedByTierOne|RejectBySecondTier|ApprovedByTierTwo|ReadyToBill|Billed|WrittenOff|BilledAgreement",
    number:
      "chargeToId amount locationId businessUnitId invoiceAmount billAmount agreementAmount " +
      "odometerStart odometerEnd",
    date: "date",
    ref:
      "expenseReport company=companies type member paymentMethod classification agreement=agreements " +
      "invoice=invoices currency=currencies ticket project phase",
    list: "taxes",
  }),
  productItem: define({
    required: "catalogItem billableOption",
    required_on_put: "locationId businessUnitId customerDescription",
    text:
      "description<2000 " +
      "priceMethod=FlatRateForRange|PercentMarkupFromCost|PercentMarkdownFromPrice|PricePerUnit " +
      "billableOption=Billable|DoNotBill|NoCharge vendorSku<50 cancelledReason<100 " +
      "customerDescription<6000 internalNotes<1000 warehouse warehouseBin integrationXRef " +
      "productClass=Agreement|Bundle|Inventory|NonInventory|Service shipSet<10 uom asioSubscriptionsID",
    number:
      "sequenceNumber quantity price cost extPrice extCost discount margin agreementAmount locationId " +
      "businessUnitId quantityCancelled subContractorShipToId subContractorAmountLimit warehouseId " +
      "warehouseBinId forecastDetailId cancelledBy listPrice needToOrderQuantity calculatedPrice " +
      "calculatedCost wonCost wonPrice wonQuantity",
    flag:
      "taxableFlag dropshipFlag specialOrderFlag phaseProductFlag cancelledFlag productSuppliedFlag " +
      "calculatedPriceFlag calculatedCostFlag needToPurchaseFlag minimumStockFlag poApprovedFlag " +
      "addComponentsFlag ignorePricingSchedulesFlag bypassForecastUpdate",
    date: "cancelledDate purchaseDate",
    ref:
      "catalogItem=catalog unitOfMeasure agreement=agreements location businessUnit vendor=companies " +
      "recurring sla entityType ticket project phase salesOrder opportunity invoice=invoices " +
      "warehouseIdObject warehouseBinIdObject taxCode=taxCodes company=companies forecastStatus " +
      "invoiceGrouping",
    list: "serialNumberIds serialNumbers",
  }),
  catalogItem: define({
    required: "identifier description subcategory type customerDescription",
    text:
      "identifier<75 description<60 productClass=Agreement|Bundle|Inventory|NonInventory|Service " +
      "priceAttribute=FixedFee|NotToExceed|OverrideRate|TimeAndMaterials customerDescription<6000 " +
      "manufacturerPartNumber<50 vendorSku<50 notes integrationXRef<50 " +
      "recurringCycleType=ContractYear|CalendarYear " +
      "billableOption=Billable|DoNotBill|NoCharge|NoDefault connectWiseID",
    number:
      "minStockLevel price cost recurringRevenue recurringCost calculatedPrice calculatedCost " +
      "markupPercentage",
    flag:
      "inactiveFlag serializedFlag serializedCostFlag phaseProductFlag taxableFlag dropShipFlag " +
      "specialOrderFlag recurringFlag recurringOneTimeFlag calculatedPriceFlag calculatedCostFlag " +
      "markupFlag autoUpdateUnitCostFlag autoUpdateUnitPriceFlag",
    ref:
      "subcategory type unitOfMeasure manufacturer vendor=companies sla entityType " +
      "recurringBillCycle=billingCycles category agreementType=agreementTypes",
  }),
  userDefinedField: define({
    required: "podId caption sequenceNumber fieldTypeIdentifier",
    text:
      "caption<25 helpText<1000 " +
      "fieldTypeIdentifier=TextArea|Button|Currency|Date|Hyperlink|IPAddress|Checkbox|Number|Percent|Text|Password " +
      "entryTypeIdentifier=Date|EntryField|List|Option buttonUrl<1000",
    number: "podId sequenceNumber numberDecimals",
    flag:
      "requiredFlag displayOnScreenFlag readOnlyFlag listViewFlag addAllBusinessUnits " +
      "removeAllBusinessUnits addAllLocations removeAllLocations",
    date: "dateCreated",
    list: "options businessUnitIds locationIds",
  }),
  callback: define({
    text: "description<100 url type level payloadVersion",
    number: "objectId memberId",
    flag: "inactiveFlag isSoapCallbackFlag isSelfSuppressedFlag",
  }),
};
